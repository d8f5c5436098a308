import { idKey, parseResourceId } from '../azure/ids.ts';
import type { Machine, MachineSnapshot } from '../azure/types.ts';
import type { Entry, Pass, Server, Target } from './context.ts';
import { missingNames, selectionOf, subscriptionsOf } from './select.ts';

/** Azure's servers and our entries put together. */
export interface Observed {
  servers: Server[];
  snapshots: readonly MachineSnapshot[];
  /** Names of the spec that Azure does not have. */
  missing: string[];
}

/** Lists the subscriptions of the selection and of the entries; every listing is complete. */
export async function observe(
  pass: Pass,
  target: Target,
  entries: ReadonlyMap<string, Entry>,
  maxAgeMs: number,
): Promise<Observed> {
  const { machines: selector } = pass.object.spec;
  const wanted = subscriptionsOf(selector, target.subscriptionId);
  const ofEntries = [...entries.values()].map(({ id }) => parseResourceId(id)?.subscriptionId ?? '');
  const subscriptions = new Set(
    [...wanted, ...ofEntries].map((id) => id.toLowerCase()).filter((id) => id !== ''),
  );
  const snapshots: MachineSnapshot[] = [];
  for (const subscription of subscriptions) snapshots.push(await pass.azure.machines(subscription, maxAgeMs));
  const machines = new Map(snapshots.flatMap((snapshot) => [...snapshot.machines]));
  const selects = selectionOf(selector, target.subscriptionId);
  const selected = [...machines].filter(([, machine]) => selects(machine));
  const ids = new Set([...selected.map(([id]) => id), ...entries.keys()]);
  const isSelected = new Set(selected.map(([id]) => id));
  const servers = [...ids]
    .sort()
    .map((id) => serverOf(id, machines.get(id), isSelected.has(id), entries.get(id)));
  return { servers, snapshots, missing: missingNames(selector, machines.values()) };
}

function serverOf(
  id: string,
  machine: Machine | undefined,
  selected: boolean,
  entry: Entry | undefined,
): Server {
  return { id: machine?.id ?? entry?.id ?? id, machine, selected, entry };
}

/**
 * Whether a second complete listing shows the server outside the selection as well; the first one is remembered.
 * Sequence numbers begin anew with the process, and so does the wait.
 */
export function confirmer(pass: Pass, { servers, snapshots }: Observed): (id: string) => boolean {
  const sequences = new Map(
    snapshots.map((snapshot) => [snapshot.subscriptionId.toLowerCase(), snapshot.begunMs]),
  );
  const { unselectedSince } = pass.memory;
  const outside = new Set(
    servers.filter(({ selected, machine }) => !selected || machine === undefined).map(({ id }) => idKey(id)),
  );
  for (const id of unselectedSince.keys()) if (!outside.has(id)) unselectedSince.delete(id);
  return (id) => {
    const key = idKey(id);
    const sequence = sequences.get(parseResourceId(id)?.subscriptionId.toLowerCase() ?? '') ?? 0;
    const first = unselectedSince.get(key);
    if (first === undefined) unselectedSince.set(key, sequence);
    return first !== undefined && sequence > first;
  };
}
