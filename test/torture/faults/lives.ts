import { associations, confirmRelease, scopes } from '../../../src/api/resources.ts';
import type { KubeObject } from '../../../src/runtime/object.ts';
import { configMaps } from '../../../src/scope/exporting/config-map.ts';
import { plantGateway, plantPeering } from '../../world/azure/providers/gateways.ts';
import { plantGroup } from '../../world/azure/providers/security-groups.ts';
import { plantServers } from '../../world/azure/seed.ts';
import { namespace } from '../../world/laboratory.ts';
import { associationObject, scopeObject } from '../../world/objects.ts';
import { requestFor } from '../../world/azure/ask.ts';
import { buildByHand, ScopeLab, zoneGroupTo, zoneNames, zonesOfHub } from '../../world/scope-lab.ts';
import {
  endpointId,
  hisZone,
  hub,
  idOf,
  scopeId,
  serverId,
  smallSeed,
  spoke,
  subscription,
} from '../../world/small-seed.ts';

/** What a user does with objects, from the moment it is done until all is as it shall be: the part that is tortured. */
export interface Life {
  readonly name: string;
  /** What has been lived through before, without faults. */
  readonly before?: (lab: ScopeLab) => Promise<void>;
  readonly act: (lab: ScopeLab) => Promise<void>;
  /** Whether it is over; may do what only a person does, as soon as it can be done. */
  readonly done: (lab: ScopeLab) => Promise<boolean>;
}

const key = { namespace, name: 'net' };
const own = { namespace, name: 'servers' };
const hubEndpoint = (group: string, linkVirtualNetworkIds: readonly string[] = [spoke]): object => ({
  name: 'hub',
  subnetId: `${hub}/subnets/pe`,
  approval: 'Automatic',
  dns: { mode: 'Managed', resourceGroup: group, linkVirtualNetworkIds },
});
const spokeEndpoint = { name: 'spoke', subnetId: `${spoke}/subnets/pe`, dns: { mode: 'None' } };

const external = { name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { mode: 'External' } };
const deployed = `${endpointId}/privateDnsZoneGroups/deployedByPolicy`;

async function create(
  lab: ScopeLab,
  more: { scope?: Record<string, unknown>; association?: Record<string, unknown> } = {},
): Promise<void> {
  const spec = { privateEndpoints: [hubEndpoint('rg-dns')], ...more.scope };
  await lab.kubernetes.create(scopes, scopeObject(spec));
  await lab.kubernetes.create(associations, associationObject(more.association));
}

async function isReady(lab: ScopeLab, association = 'servers'): Promise<boolean> {
  const [scope, servers] = [await lab.scope('net'), await lab.association(association)];
  return (
    isCurrent(scope) &&
    isCurrent(servers) &&
    (await lab.condition(Promise.resolve(scope))) === 'True Ready' &&
    (await lab.condition(Promise.resolve(servers))) === 'True Ready' &&
    (servers?.status?.propagated ?? 0) === (servers?.status?.selected ?? 0) - (servers?.status?.refused ?? 0)
  );
}

function isCurrent(object: (KubeObject & { status?: { observedGeneration?: number } }) | undefined): boolean {
  return object !== undefined && object.status?.observedGeneration === object.metadata.generation;
}

async function isGone(lab: ScopeLab): Promise<boolean> {
  return (await lab.scope('net')) === undefined && (await lab.association('servers')) === undefined;
}

const scopeOf = (lab: ScopeLab, name: string): unknown =>
  lab.portal.need(serverId(name)).properties['privateLinkScopeResourceId'];

async function select(lab: ScopeLab, names: readonly string[]): Promise<void> {
  const machines = { selectionMode: 'Matching', tagSelector: null, names };
  await lab.kubernetes.patch(associations, own, { spec: { machines } });
}

/** Types the command that the message ends with, as soon as there is one. */
async function confirm(lab: ScopeLab): Promise<void> {
  const object = await lab.association('servers');
  const text = object?.status?.conditions?.map(({ message }) => message).join('\n') ?? '';
  const token = new RegExp(`--overwrite ${confirmRelease}=(\\S+)$`, 'm').exec(text)?.[1];
  if (token === undefined || object?.metadata.annotations?.[confirmRelease] === token) return;
  const patch = { metadata: { annotations: { [confirmRelease]: token } } };
  await lab.kubernetes.patch(associations, own, patch);
}

/** Whether the operator has set right what a person did in the portal. */
function isRepaired(lab: ScopeLab): boolean {
  return (
    lab.portal.get(`${endpointId}/privateDnsZoneGroups/arc-private-link`) !== undefined &&
    lab.portal.get(hisZone) !== undefined &&
    lab.portal.need(scopeId).properties['publicNetworkAccess'] === 'Disabled' &&
    scopeOf(lab, 'web-1') === scopeId
  );
}

const nsg = idOf('rg', 'Microsoft.Network/networkSecurityGroups', 'nsg-hub');

/** A network security group, and a VNet whose peer is connected with another network. */
function furnish({ world }: ScopeLab): void {
  plantGroup(world, nsg);
  plantPeering(world, hub, spoke, true);
  plantGateway(world, spoke, ['IPsec']);
}

/** Names of the rules of the group that allow something. */
function allowed({ world }: ScopeLab): string[] {
  return world.resources
    .below(nsg, 'Microsoft.Network/networkSecurityGroups/securityRules')
    .filter(({ properties }) => properties['access'] === 'Allow')
    .map(({ name }) => name);
}

const built = async (lab: ScopeLab): Promise<void> => await create(lab);

export const lives: readonly Life[] = [
  { name: 'create', act: built, done: isReady },
  {
    name: 'grow',
    before: async (lab) => await create(lab, { scope: { privateEndpoints: [hubEndpoint('rg-dns', [])] } }),
    async act(lab) {
      plantServers(lab.world, {
        subscriptionId: subscription,
        resourceGroup: 'rg',
        name: 'late',
        location: 'westeurope',
        tags: { site: 'plant' },
      });
      const privateEndpoints = [hubEndpoint('rg-dns', []), spokeEndpoint];
      await lab.kubernetes.patch(scopes, key, { spec: { privateEndpoints } });
    },
    done: async (lab) =>
      (await isReady(lab)) &&
      scopeOf(lab, 'late') === scopeId &&
      ((await lab.status()).endpoints?.length ?? 0) === 2,
  },
  {
    name: 'drift',
    before: async (lab) => await create(lab, { scope: { publicNetworkAccess: 'Disabled' } }),
    async act({ portal }) {
      portal.delete(hisZone);
      portal.delete(`${endpointId}/privateDnsZoneGroups/arc-private-link`);
      portal.set(scopeId, { publicNetworkAccess: 'Enabled' });
      portal.moveServer(serverId('web-1'), '');
      await Promise.resolve();
    },
    done: async (lab) => isRepaired(lab) && (await isReady(lab)),
  },
  {
    name: 'rules',
    async before(lab) {
      furnish(lab);
      await create(lab, { scope: { networkSecurityGroups: [{ id: nsg }] } });
    },
    async act(lab) {
      lab.portal.set(`${nsg}/securityRules/AllowAADOutboundAccess`, { access: 'Deny' });
      lab.portal.delete(`${nsg}/securityRules/AllowAzOutboundAccess`);
      const additionalServiceTags = [{ tag: 'AzureFrontDoor.Frontend', priority: 150 }];
      const group = { id: nsg, entraPriority: 151, resourceManagerPriority: 152, additionalServiceTags };
      await lab.kubernetes.patch(scopes, key, { spec: { networkSecurityGroups: [group] } });
    },
    done: async (lab) => allowed(lab).length === 3 && (await isReady(lab)),
  },
  {
    name: 'rules-go',
    async before(lab) {
      furnish(lab);
      await create(lab, { scope: { networkSecurityGroups: [{ id: nsg }] } });
    },
    act: async (lab) =>
      void (await lab.kubernetes.patch(scopes, key, { spec: { networkSecurityGroups: [] } })),
    done: async (lab) => allowed(lab).length === 0 && (await isReady(lab)),
  },
  {
    name: 'hand-over',
    async before(lab) {
      await create(lab);
      await lab.kubernetes.create(associations, associationObject({}, 'heir'));
    },
    act: async (lab) => await lab.kubernetes.delete(associations, own),
    done: async (lab) => (await lab.association('servers')) === undefined && (await isReady(lab, 'heir')),
  },
  {
    name: 'release',
    before: built,
    act: async (lab) => await select(lab, ['web-1', 'web-2', 'web-3']),
    done: async (lab) => !scopeOf(lab, 'web-4') && (await isReady(lab)),
  },
  {
    name: 'mass-release',
    before: built,
    act: async (lab) => await select(lab, ['web-1']),
    async done(lab) {
      await confirm(lab);
      return !scopeOf(lab, 'web-4') && !scopeOf(lab, 'web-2') && (await isReady(lab));
    },
  },
  {
    name: 'zones-move',
    before: built,
    act: async (lab) =>
      void (await lab.kubernetes.patch(scopes, key, { spec: { privateEndpoints: [hubEndpoint('rg')] } })),
    done: async (lab) => lab.portal.get(hisZone) === undefined && (await isReady(lab)),
  },
  {
    name: 'adopt',
    before: buildByHand,
    act: async (lab) => {
      const adoptionPolicy = 'IfUnowned';
      const scope = { adoptionPolicy, publicNetworkAccess: 'Disabled' };
      await create(lab, { scope, association: { adoptionPolicy } });
    },
    done: isReady,
  },
  {
    name: 'existing-zones',
    before: zonesOfHub,
    act: async (lab) => {
      const dns = { mode: 'Existing', resourceGroup: 'rg-dns', linkVirtualNetworkIds: [hub] };
      await create(lab, { scope: { privateEndpoints: [{ ...hubEndpoint('rg-dns'), dns }] } });
    },
    done: isReady,
  },
  {
    name: 'external-group',
    before: zonesOfHub,
    act: async (lab) => await create(lab, { scope: { privateEndpoints: [external] } }),
    // As a policy does, minutes after the endpoint is there.
    done: async (lab) => {
      const isApproved = (await lab.status()).endpoints?.[0]?.connectionState === 'Approved';
      if (isApproved && lab.portal.get(deployed) === undefined)
        lab.world.handle(requestFor('PUT', deployed, zoneGroupTo(zoneNames)));
      return await isReady(lab);
    },
  },
  {
    name: 'activation',
    before: async (lab) =>
      await create(lab, { scope: { dnsActivation: 'Hold', publicNetworkAccess: 'Enabled' } }),
    act: async (lab) =>
      void (await lab.kubernetes.patch(scopes, key, { spec: { dnsActivation: 'Automatic' } })),
    done: async (lab) => (await isReady(lab)) && (await lab.state('DNSReady')) === 'True Ready',
  },
  {
    name: 'export',
    before: async (lab) => await create(lab, { scope: { privateEndpoints: [spokeEndpoint] } }),
    act: async (lab) =>
      void (await lab.kubernetes.patch(scopes, key, { spec: { exports: { dns: {}, firewall: {} } } })),
    done: async (lab) => (await isReady(lab)) && (await lab.state('ExportsReady')) === 'True Ready',
  },
  {
    name: 'export-no-more',
    before: async (lab) =>
      await create(lab, {
        scope: { privateEndpoints: [spokeEndpoint], exports: { dns: { formats: ['Hosts'] } } },
      }),
    act: async (lab) => void (await lab.kubernetes.patch(scopes, key, { spec: { exports: null } })),
    done: async (lab) =>
      (await isReady(lab)) && (await lab.kubernetes.list(configMaps, { namespace })).items.length === 0,
  },
  {
    name: 'delete-servers-first',
    before: built,
    async act(lab) {
      await lab.kubernetes.delete(associations, own);
      await lab.kubernetes.delete(scopes, key);
    },
    done: isGone,
  },
  {
    name: 'delete-scope-first',
    before: built,
    async act(lab) {
      await lab.kubernetes.delete(scopes, key);
      await lab.clock.advance(1_000);
      await lab.kubernetes.delete(associations, own);
    },
    done: isGone,
  },
  {
    name: 'delete-in-foreground',
    before: built,
    async act(lab) {
      await lab.kubernetes.deleteInForeground(associations, own);
      await lab.kubernetes.deleteInForeground(scopes, key);
    },
    done: isGone,
  },
];

/** The laboratory as the tortured part of the life finds it. */
export async function opened(life: Life): Promise<ScopeLab> {
  const lab = new ScopeLab(smallSeed);
  await lab.createSecret();
  if (life.before !== undefined) {
    await life.before(lab);
    lab.start();
    await lab.clock.advance(45 * 60_000);
    await lab.stop();
  }
  return lab;
}

export function lifeOf(name: string): Life {
  const found = lives.find((life) => life.name === name);
  if (found === undefined) throw new Error(`there is no life ${name}`);
  return found;
}
