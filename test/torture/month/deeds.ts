import { associations, scopes } from '../../../src/api/resources.ts';
import { associationObject } from '../../world/objects.ts';
import { namespace, type Laboratory } from '../../world/laboratory.ts';
import { endpointId, hub, otherScopeId, scopeId, spoke, subscription } from '../../world/small-seed.ts';
import { plantServers } from '../../world/azure/seed.ts';
import type { Resource } from '../../world/azure/store.ts';
import { southId } from './estate.ts';
import type { Ledger } from './ledger.ts';

/** What people do in a month, in the portal and in Git; each deed may be undone later. */

export interface Stage {
  readonly lab: Laboratory;
  readonly ledger: Ledger;
  /** What the association `red` names. */
  readonly names: readonly string[];
  /** The month's own chance. */
  readonly random: () => number;
  restart(how: 'stop' | 'crash'): Promise<void>;
  /** A scope whose name resolution or servers a person has disturbed is no evidence until it has been well again. */
  disturb(scope: 'net' | 'south'): void;
}

/** Does it, and gives what takes it back or ends it. */
export type Deed = (stage: Stage) => Undo | Promise<Undo>;
export type Undo = (() => void | Promise<void>) | void;

const machineType = 'Microsoft.HybridCompute/machines';
const linkType = 'Microsoft.Network/privateDnsZones/virtualNetworkLinks';
const groupType = 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups';

export function chosen<T>(random: () => number, list: readonly T[]): T | undefined {
  return list[Math.floor(random() * list.length)];
}

function someServers({ lab, random }: Stage, most: number, like = /^(blue|green|red|idle)/): Resource[] {
  const all = lab.world.resources.ofType(machineType).filter(({ name }) => like.test(name));
  const count = 1 + Math.floor(random() * most);
  return Array.from({ length: count }, () => chosen(random, all)).filter((one) => one !== undefined);
}

const moved =
  (to: string): Deed =>
  (stage) => {
    for (const { id } of someServers(stage, 3)) {
      stage.lab.portal.moveServer(id, to);
      stage.ledger.byHand(id);
    }
  };

const deleteServer: Deed = (stage) => {
  const [server] = someServers(stage, 1);
  if (server === undefined) return undefined;
  const { name, location = '', tags = {} } = server;
  stage.lab.portal.delete(server.id);
  stage.ledger.byHand(server.id);
  // Onboarded again: another vmId, and no scope.
  return () => {
    plantServers(stage.lab.world, {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name,
      location,
      tags,
    });
    stage.ledger.byHand(server.id);
  };
};

const onboardAtOnce: Deed = (stage) => {
  const [server] = someServers(stage, 1);
  if (server === undefined) return;
  stage.lab.portal.set(server.id, { vmId: stage.lab.world.guid(), privateLinkScopeResourceId: '' });
  stage.ledger.byHand(server.id);
};

const retag: Deed = (stage) => {
  const servers = someServers(stage, 4, /^(blue|green)/).map((server) => ({
    server,
    tags: server.tags ?? {},
  }));
  for (const { server } of servers) {
    stage.lab.portal.tag(server.id, { fleet: 'none' });
    stage.ledger.tagged(server.id);
  }
  return () => {
    for (const { server, tags } of servers) {
      if (stage.lab.portal.get(server.id) !== server) continue;
      stage.lab.portal.tag(server.id, tags);
      stage.ledger.tagged(server.id);
    }
  };
};

const deleteOneOf =
  (type: string): Deed =>
  (stage) => {
    const one = chosen(stage.random, stage.lab.world.resources.ofType(type));
    if (one === undefined) return;
    stage.disturb('net');
    stage.disturb('south');
    stage.lab.portal.delete(one.id);
  };

const editLink: Deed = ({ lab, random }) => {
  const link = chosen(random, lab.world.resources.ofType(linkType));
  if (link !== undefined) lab.portal.tag(link.id, { ...link.tags, edited: 'by hand' });
};

const reject: Deed = (stage) => {
  if (stage.lab.portal.get(endpointId) === undefined) return undefined;
  stage.disturb('net');
  stage.lab.portal.decide(endpointId, 'Rejected');
  return () => {
    if (stage.lab.portal.get(endpointId) !== undefined) stage.lab.portal.decide(endpointId, 'Approved');
  };
};

const togglePublic: Deed = ({ lab, random }) => {
  const id = chosen(random, [scopeId, southId]) ?? scopeId;
  if (lab.portal.get(id) !== undefined) lab.portal.set(id, { publicNetworkAccess: 'Enabled' });
};

async function edit(stage: Stage, name: string, spec: Record<string, unknown>): Promise<void> {
  stage.ledger.specChanged(name);
  await stage.lab.kubernetes.patch(associations, { namespace, name }, { spec });
}

const suspend: Deed = async (stage) => {
  const name = chosen(stage.random, ['blue', 'green', 'red']) ?? 'red';
  await edit(stage, name, { suspend: true });
  return async () => await edit(stage, name, { suspend: false });
};

/** Fewer by up to a quarter, never more than ten, and back again. */
const shrink: Deed = async (stage) => {
  const { names } = stage;
  const less = Math.min(10, Math.floor(names.length / 4), 1 + Math.floor(stage.random() * 10));
  await edit(stage, 'red', { machines: { names: names.slice(less) } });
  return async () => await edit(stage, 'red', { machines: { names } });
};

/** Servers that are tagged `ring` get an association of their own in the same scope, and go back to the first one. */
const handOver: Deed = async (stage) => {
  if ((await stage.lab.association('canary')) !== undefined) return undefined;
  for (const { id, tags } of someServers(stage, 30, /^blue/)) {
    stage.lab.portal.tag(id, { ...tags, ring: 'canary' });
    stage.ledger.tagged(id);
  }
  const ring = (operator: string) => [{ key: 'ring', operator, values: ['canary'] }];
  const tags = { matchTags: { fleet: 'blue' } };
  const canary = { machines: { tagSelector: { ...tags, matchExpressions: ring('In') } } };
  stage.ledger.specChanged('canary');
  await stage.lab.kubernetes.create(associations, associationObject(canary, 'canary'));
  await edit(stage, 'blue', { machines: { tagSelector: { ...tags, matchExpressions: ring('NotIn') } } });
  return async () => {
    await edit(stage, 'blue', { machines: { tagSelector: { ...tags, matchExpressions: null } } });
    stage.ledger.specChanged('canary');
    await stage.lab.kubernetes.delete(associations, { namespace, name: 'canary' });
  };
};

async function editScope({ lab }: Stage, name: string, spec: Record<string, unknown>): Promise<void> {
  await lab.kubernetes.patch(scopes, { namespace, name }, { spec });
}

const tagScope: Deed = async (stage) => {
  await editScope(stage, 'net', { tags: { day: String(Math.floor(stage.random() * 1000)) } });
};

const openScope: Deed = async (stage) => {
  await editScope(stage, 'south', { publicNetworkAccess: 'Enabled' });
  return async () => await editScope(stage, 'south', { publicNetworkAccess: 'Disabled' });
};

/** As it is stored, with the defaults: the fake API server fills them in for new objects alone. */
function endpoint(name: string, network: string, resourceGroup: string, links: readonly string[] = []) {
  const dns = { mode: 'Managed', resourceGroup, linkVirtualNetworkIds: links };
  return { name, subnetId: `${network}/subnets/pe`, approval: 'Automatic', dns };
}

const unlinkSpoke: Deed = async (stage) => {
  await editScope(stage, 'net', { privateEndpoints: [endpoint('hub', hub, 'rg-dns')] });
  return async () =>
    await editScope(stage, 'net', { privateEndpoints: [endpoint('hub', hub, 'rg-dns', [spoke])] });
};

/** Another endpoint, in the VNet of the spoke; as long as it is there, the first one does not link that VNet. */
const secondEndpoint: Deed = async (stage) => {
  const both = [endpoint('hub', hub, 'rg-dns'), endpoint('spoke', spoke, 'rg-spoke')];
  await editScope(stage, 'net', { privateEndpoints: both });
  return async () =>
    await editScope(stage, 'net', { privateEndpoints: [endpoint('hub', hub, 'rg-dns', [spoke])] });
};

const restart =
  (how: 'stop' | 'crash'): Deed =>
  async (stage) =>
    await stage.restart(how);

export const deeds: Readonly<Record<string, Deed>> = {
  takeOut: moved(''),
  takeAway: moved(otherScopeId),
  putElsewhere: moved(southId),
  deleteServer,
  onboardAtOnce,
  retag,
  deleteLink: deleteOneOf(linkType),
  deleteZoneGroup: deleteOneOf(groupType),
  deleteEndpoint: deleteOneOf('Microsoft.Network/privateEndpoints'),
  deleteRecord: deleteOneOf('Microsoft.Network/privateDnsZones/A'),
  editLink,
  reject,
  togglePublic,
  suspend,
  shrink,
  handOver,
  tagScope,
  openScope,
  unlinkSpoke,
  secondEndpoint,
  restart: restart('stop'),
  crash: restart('crash'),
};
