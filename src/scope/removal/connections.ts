import { nameOf } from '../../azure/ids.ts';
import { valueOf } from '../../engine/picture.ts';
import { connectionRemoval, none, together, type Dismantling } from '../dismantle.ts';
import { connectionsKey } from '../keys.ts';
import type { Seen } from '../seen.ts';
import { goesWithUs } from '../standing.ts';
import { stage } from './stage.ts';

/**
 * Deletion, stage (d): what is left of connections is strangers'. They are parts of the scope and go with it, each named
 * in an event; the endpoints themselves are never touched.
 */
export const connections = stage('connections', 'The scope has no connections.', (seen) =>
  goesItself(seen) ? strangers(seen) : none,
);

/** A scope that stays keeps its connections. */
function goesItself(seen: Seen): boolean {
  const scope = valueOf(seen.scope);
  return scope !== undefined && goesWithUs(seen, scope);
}

function strangers({ connections: known, desired }: Seen): Dismantling {
  if (known === undefined) return none;
  if (known.is === 'unknown') return { ...none, unread: [known.fault] };
  const key = connectionsKey(desired.scopeId);
  return together(
    (valueOf(known) ?? []).map((connection) => ({
      ...none,
      left: [`connection of private endpoint ${nameOf(connection.privateEndpointId)}`],
      planned: known.busy ? [] : [connectionRemoval(connection, key)],
    })),
  );
}
