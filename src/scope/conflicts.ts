import type { ArcPrivateLinkScope } from '../api/types.ts';
import { idKey, nameOf } from '../azure/ids.ts';
import { desiredOf, type Desired } from './desired.ts';

/** VNets and zone sets that are used twice, in one object or in two. Pure. */
export interface Conflict {
  reason: 'VirtualNetworkInUse' | 'ZoneSetInUse' | 'ManagementConflict';
  message: string;
}

interface Use {
  /** What is used, as a key that is equal exactly when it is the same. */
  key: string;
  what: string;
  reason: Conflict['reason'];
}

/** Everything that an object claims for itself alone. */
function uses(desired: Desired): Use[] {
  const endpoints = desired.endpoints.flatMap((endpoint): Use[] => {
    const networks = new Set([endpoint.networkId, ...(endpoint.dns?.networkIds ?? [])].map(idKey));
    const name: Use = {
      key: idKey(endpoint.id),
      what: `the Azure name ${nameOf(endpoint.id)}`,
      reason: 'ManagementConflict',
    };
    return [name, ...[...networks].map(networkUse)];
  });
  const zoneSets = desired.endpoints.flatMap(({ dns }): Use[] =>
    dns === undefined
      ? []
      : [
          {
            key: `zones ${idKey(dns.groupId)}`,
            what: `the DNS zones in ${nameOf(dns.groupId)}`,
            reason: 'ZoneSetInUse',
          },
        ],
  );
  return [...endpoints, ...zoneSets];
}

function networkUse(key: string): Use {
  return { key, what: `the VNet ${nameOf(key)}`, reason: 'VirtualNetworkInUse' };
}

/** Two endpoints of one object that cannot be together; most of it is refused by the API server already. */
export function conflictWithin(desired: Desired): Conflict | undefined {
  const seen = new Set<string>();
  for (const use of uses(desired)) {
    if (seen.has(use.key)) {
      const message = `${capital(use.what)} is used by more than one private endpoint of this object. A VNet and a set of zones belong to one endpoint each.`;
      return { reason: use.reason, message };
    }
    seen.add(use.key);
  }
  return undefined;
}

/** Something that an older object has already; the older one is not disturbed. */
export function conflictWithOthers(
  object: ArcPrivateLinkScope,
  all: readonly ArcPrivateLinkScope[],
  ownerId: string,
): Conflict | undefined {
  const own = desiredOf(object, ownerId);
  const older = all.filter((other) => other.metadata.uid !== object.metadata.uid && isOlder(other, object));
  for (const other of older) {
    const name = `${other.metadata.namespace}/${other.metadata.name}`;
    const theirs = desiredOf(other, ownerId);
    if (idKey(theirs.scopeId) === idKey(own.scopeId)) {
      return {
        reason: 'ManagementConflict',
        message: `The scope ${own.scopeId} is managed by ArcPrivateLinkScope ${name} already. Remove one of the two.`,
      };
    }
    const taken = new Set(uses(theirs).map(({ key }) => key));
    const clash = uses(own).find(({ key }) => taken.has(key));
    if (clash === undefined) continue;
    const message = `${capital(clash.what)} is used by ArcPrivateLinkScope ${name} already. Use another, or remove it there.`;
    return { reason: clash.reason, message };
  }
  return undefined;
}

function isOlder(one: ArcPrivateLinkScope, other: ArcPrivateLinkScope): boolean {
  const rank = ({ metadata }: ArcPrivateLinkScope): string =>
    `${metadata.creationTimestamp ?? ''} ${metadata.namespace}/${metadata.name}`;
  return rank(one) < rank(other);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
