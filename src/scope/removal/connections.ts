import { nameOf } from '../../azure/ids.ts';
import { valueOf } from '../../engine/picture.ts';
import { connectionRemoval, together, type Dismantling } from '../dismantle.ts';
import { connectionsKey } from '../keys.ts';
import type { Seen } from '../seen.ts';
import { claimed } from '../standing.ts';
import { stage } from './stage.ts';

/**
 * Deletion, stage (d): what is left of connections is strangers'. They are parts of the scope and go with it, each named
 * in an event; the endpoints themselves are never touched.
 */
export const connections = stage('connections', 'The scope has no connections.', (seen) =>
  goesItself(seen) ? strangers(seen) : together([]),
);

/** A scope that stays keeps its connections. */
function goesItself(seen: Seen): boolean {
  const scope = valueOf(seen.scope);
  if (scope === undefined) return false;
  const claim = claimed(seen, scope, `scope ${scope.name}`);
  return claim.is === 'ours' && !claim.adopted;
}

function strangers({ connections: known, desired }: Seen): Dismantling {
  const nothingLeft = together([]);
  if (known === undefined) return nothingLeft;
  if (known.is === 'unknown') return { ...nothingLeft, unread: [known.fault] };
  const key = connectionsKey(desired.scopeId);
  return together(
    (valueOf(known) ?? []).map((connection) => ({
      ...nothingLeft,
      left: [`connection of private endpoint ${nameOf(connection.privateEndpointId)}`],
      planned: known.busy ? [] : [connectionRemoval(connection, key)],
    })),
  );
}
