import { isDeepStrictEqual } from 'node:util';
import { scopes } from '../api/resources.ts';
import { idKey, nameOf } from '../azure/ids.ts';
import { strays } from './inventory-update.ts';
import { listed } from './verdicts.ts';
import type { ArcPrivateLinkScope } from '../api/types.ts';
import type { Kind } from '../engine/kind.ts';
import { patchStatus } from '../runtime/status.ts';
import type { PlannedCall, ScopeAction } from './actions.ts';
import { approvals } from './concerns/approvals.ts';
import { driftOfDns, driftOfEndpoints, driftOfScope } from './concerns/drift.ts';
import { endpointsConcern } from './concerns/endpoints.ts';
import { dnsVerified } from './concerns/dns-verified.ts';
import { exportsConcern } from './concerns/exports.ts';
import { externalGroups } from './concerns/external-groups.ts';
import { leftovers } from './concerns/leftovers.ts';
import { linksConcern } from './concerns/links.ts';
import { networkRules } from './concerns/network-rules.ts';
import { preflight } from './concerns/preflight.ts';
import { publicAccess } from './concerns/public-access.ts';
import { recordsConcern } from './concerns/records.ts';
import { scopeConcern } from './concerns/scope.ts';
import { zonesConcern } from './concerns/zones.ts';
import type { ScopeDeps, ScopeLooking, ScopeMemory } from './deps.ts';
import { subscriptionsOf } from './desired.ts';
import { scopeIdOf } from '../domain/scope-id.ts';
import { exportsAgainMs } from './exporting/decided.ts';
import { journalled, withExports } from './exporting/statuses.ts';
import { inventoryOf, kindOf, storedItems, withCalls } from './inventory.ts';
import { parentOf } from './keys.ts';
import { learn } from './learn.ts';
import { observe } from './observe.ts';
import { perform } from './perform.ts';
import { stages } from './removal/stages.ts';
import type { Seen } from './seen.ts';
import { statusOf } from './status.ts';

export type ScopeKind = Kind<ArcPrivateLinkScope, Seen, ScopeAction, ScopeMemory>;

/** When a scope is Ready: all of these are. Order is that of the plan. */
const concerns: ScopeKind['concerns'] = [
  preflight,
  scopeConcern,
  driftOfScope,
  publicAccess,
  endpointsConcern,
  approvals,
  driftOfEndpoints,
  zonesConcern,
  linksConcern,
  recordsConcern,
  externalGroups,
  driftOfDns,
  networkRules,
  leftovers,
  exportsConcern,
  dnsVerified,
];

/** A pass makes so many calls at most: status and other objects have their turn between. */
const mostCalls = 50;
const soonMs = 2_000;

/** An ArcPrivateLinkScope as the engine drives it. */
export function scopeKind(deps: ScopeDeps): ScopeKind {
  return {
    resource: scopes,
    memory: () => ({ search: undefined, connectionIds: [], networks: new Map() }),
    subscriptions: subscriptionsOf,
    observe: (looking) => observe(deps, looking),
    concerns,
    removal: stages,
    // A status that was lost says nothing: then Azure is looked at.
    nothingMade: ({ status }) =>
      (status?.observedGeneration ?? -1) >= 0 &&
      status?.resourceId === undefined &&
      (status?.inventory ?? []).length === 0,
    admit: (_, due) => {
      const now = oneRuleOfEachGroup(due).slice(0, mostCalls);
      return now.length === due.length ? { now } : { now, againMs: soonMs };
    },
    // It changes when something of it does; people who wait for a server see it counted.
    statusEveryMs: 0,
    // Azure refuses concurrent writes in one VNet (RetryableError).
    concurrency: 1,
    journal: (looking, seen, now) => journal(deps, looking, seen, now),
    perform: (azure, action) => perform(deps, azure, action),
    learn,
    record: async () => {},
    status: (seen) => withExports(seen, statusOf(seen)),
    readyMessage: () => 'Azure is as the spec says.',
    tell: (_, { told }) => told,
    lookAgainMs: (seen) => (seen.sent ? soonMs : exportsAgainMs(seen)),
    farewell,
    letGo: async () => {},
  };
}

/** A network security group takes one change at a time (409 AnotherOperationInProgress). */
function oneRuleOfEachGroup(due: readonly PlannedCall[]): PlannedCall[] {
  const groups = new Set<string>();
  return due.filter(({ action: { id } }) => {
    if (kindOf(id) !== 'rule') return true;
    const group = idKey(parentOf(id));
    return !groups.has(group) && groups.add(group);
  });
}

function farewell(seen: Seen): string {
  const left = strays(seen).map(nameOf);
  if (left.length === 0) return 'Everything that this object made in Azure is gone.';
  return `The object goes. Left in Azure, because they no longer carry its ownership tag: ${listed(left)}.`;
}

/** What is about to be made, or made ours, stands in status.inventory before the first call of it. */
async function journal(
  { client }: ScopeDeps,
  { object }: ScopeLooking,
  { inventory }: Seen,
  now: readonly PlannedCall[],
): Promise<ArcPrivateLinkScope> {
  const actions = now.map(({ action }) => action);
  const items = storedItems(withCalls(inventory, actions));
  const { status } = object;
  const writes = actions.flatMap((action) => (action.call === 'writeConfigMap' ? [action.becomes] : []));
  const exports = journalled(status, writes);
  const isWritten = isDeepStrictEqual(exports, status?.exports);
  if (items.length === 0 && isWritten) return object;
  if (isWritten && isDeepStrictEqual(items, storedItems(inventoryOf(status?.inventory)))) return object;
  const made =
    items.length === 0 ? {} : { resourceId: status?.resourceId ?? scopeIdOf(object), inventory: items };
  return await patchStatus(client, scopes, object, {
    observedGeneration: -1,
    ...status,
    ...made,
    ...(exports === undefined ? {} : { exports }),
  });
}
