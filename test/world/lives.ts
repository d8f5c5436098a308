import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { plantGateway, plantPeering } from './azure/providers/gateways.ts';
import { plantGroup } from './azure/providers/security-groups.ts';
import { readSeed } from './azure/seed.ts';
import { Laboratory, namespace } from './laboratory.ts';
import { associationObject, scopeObject } from './objects.ts';
import { endpointId, hub, idOf, otherScopeId, scopeId, smallSeed, spoke, zoneOf } from './small-seed.ts';
import { associations, scopes } from '../../src/api/resources.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation } from '../../src/api/types.ts';

/** Whole lives of objects, from their creation until Azure is as before: what they ask of Azure is all the operator asks. */
export type Prepare = (lab: Laboratory) => void;

/** So slow that operations are still under way when the operator asks after them. */
const slow = { timeFactor: 0.1, limitFactor: 1 };
const longMs = 2 * 3_600_000;

/** examples/quickstart.yaml on examples/quickstart-azure.yaml. */
export async function quickstart(prepare: Prepare): Promise<Laboratory> {
  const lab = new Laboratory(readSeed('examples/quickstart-azure.yaml'), slow);
  prepare(lab);
  const documents = parseAllDocuments(readFileSync('examples/quickstart.yaml', 'utf8'));
  const [, scope, association] = documents.map((document) => document.toJS() as unknown);
  await begin(lab, scope as ArcPrivateLinkScope, association as ArcServerAssociation);
  await lab.until(
    async () => (await lab.condition(lab.association('plant-servers'))) === 'True Ready',
    longMs,
  );
  await end(lab, 'plant-network', 'plant-servers');
  return lab;
}

/** An endpoint that its owner approves and another without zones, drift, and a connection that was left behind. */
export async function manualApproval(prepare: Prepare): Promise<Laboratory> {
  const lab = new Laboratory(smallSeed, slow);
  prepare(lab);
  const endpoints = [
    { name: 'hub', subnetId: `${hub}/subnets/pe`, approval: 'Manual', dns: { resourceGroup: 'rg-dns' } },
    { name: 'spoke', subnetId: `${spoke}/subnets/pe`, dns: { mode: 'None' } },
  ];
  // Somebody else's zone of the service: the preflight looks at its links.
  const foreign = idOf('rg', 'Microsoft.Network/privateDnsZones', 'privatelink.his.arc.azure.com');
  lab.world.resources.put({ ...zone, id: foreign, name: 'privatelink.his.arc.azure.com' });
  lab.world.operations.failNext({
    type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    code: 'InternalServerError',
    message: 'The service had a fault.',
  });
  await begin(
    lab,
    scopeObject({
      privateEndpoints: endpoints,
      tags: { team: 'plant' },
      exports: { dns: {}, firewall: {} },
    }),
    associationObject(),
  );
  await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'False AwaitingApproval', longMs);
  lab.portal.decide(endpointId, 'Approved');
  await lab.until(async () => (await lab.condition(lab.association('servers'))) === 'True Ready', longMs);
  lab.portal.tag(zoneOf('privatelink.his.arc.azure.com'), {
    'arc-private-link-operator': 'cluster/lab/net',
    theirs: 'kept',
  });
  lab.portal.moveServer(idOf('rg', 'Microsoft.HybridCompute/machines', 'web-1'), '');
  await lab.clock.advance(3_600_000);
  lab.world.resources.put({
    id: `${scopeId}/privateEndpointConnections/left.behind`,
    name: 'left.behind',
    type: 'Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections',
    properties: {
      privateEndpoint: { id: idOf('rg', 'Microsoft.Network/privateEndpoints', 'gone') },
      privateLinkServiceConnectionState: { status: 'Approved', description: '', actionsRequired: 'None' },
      provisioningState: 'Succeeded',
    },
  });
  await end(lab, 'net', 'servers');
  return lab;
}

/** Rules of a network security group, and a VNet whose peer is connected with another network. */
export async function securityRules(prepare: Prepare): Promise<Laboratory> {
  const lab = new Laboratory(smallSeed, slow);
  plantGroup(lab.world, nsg);
  plantPeering(lab.world, hub, spoke, true);
  plantGateway(lab.world, spoke, ['ExpressRoute']);
  prepare(lab);
  const endpoint = { name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { mode: 'None' } };
  await begin(
    lab,
    scopeObject({ privateEndpoints: [endpoint], networkSecurityGroups: [{ id: nsg }] }),
    associationObject(),
  );
  await lab.until(async () => (await lab.condition(lab.association('servers'))) === 'True Ready', longMs);
  lab.portal.delete(`${nsg}/securityRules/AllowAzOutboundAccess`);
  await lab.clock.advance(3_600_000);
  await end(lab, 'net', 'servers');
  return lab;
}

const nsg = idOf('rg', 'Microsoft.Network/networkSecurityGroups', 'nsg-hub');

/** Servers of a scope that nobody here manages. */
export async function foreignScope(prepare: Prepare): Promise<Laboratory> {
  const lab = new Laboratory(smallSeed, slow);
  prepare(lab);
  lab.portal.set(otherScopeId, { publicNetworkAccess: 'Enabled' });
  await begin(
    lab,
    undefined,
    associationObject({ scopeRef: undefined, scopeResourceId: otherScopeId, conflictPolicy: 'Move' }),
  );
  await lab.until(async () => (await lab.condition(lab.association('servers'))) === 'True Ready', longMs);
  await end(lab, undefined, 'servers');
  return lab;
}

const zone = {
  type: 'Microsoft.Network/privateDnsZones',
  location: 'global',
  properties: { provisioningState: 'Succeeded' },
};

async function begin(
  lab: Laboratory,
  scope: ArcPrivateLinkScope | undefined,
  association: ArcServerAssociation,
): Promise<void> {
  await lab.createSecret();
  const here = <T extends { metadata: object }>(object: T): T => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  });
  if (scope !== undefined) await lab.kubernetes.create(scopes, here(scope));
  await lab.kubernetes.create(associations, here(association));
  lab.start();
}

async function end(lab: Laboratory, scope: string | undefined, association: string): Promise<void> {
  await lab.kubernetes.delete(associations, { namespace, name: association });
  await lab.until(async () => (await lab.association(association)) === undefined, longMs);
  if (scope !== undefined) {
    await lab.kubernetes.delete(scopes, { namespace, name: scope });
    await lab.until(async () => (await lab.scope(scope)) === undefined, longMs);
  }
  await lab.stop();
}
