import type { Reason } from '../../api/reasons.ts';
import type { ArcPrivateLinkScopeStatus, ExportStatus } from '../../api/types.ts';
import { heldBack } from '../held.ts';
import type { Seen } from '../seen.ts';
import { heldExports } from './held-exports.ts';
import { configMapId } from './config-map.ts';
import { exportsOf, held, type DecidedPart } from './decided.ts';

/** status.exports. Pure. */

const reasons: readonly Reason[] = ['ExportNameTaken', 'TooLarge'];

/** A part that could not be read stays as it was told last. */
export function exportStatuses(seen: Seen): ExportStatus[] {
  const before = new Map((seen.object.status?.exports ?? []).map((entry) => [entry.name, entry]));
  const told = exportsOf(seen).parts.map((part): ExportStatus => {
    const last = before.get(part.name);
    if (part.outcome.is === 'unread' && last !== undefined) return last;
    const names = seen.observing ? held(seen, part.name).map(({ name }) => name) : part.keeps;
    const reason = reasonOf(part);
    const changeNumber = part.changeNumber ?? last?.changeNumber;
    return {
      name: part.name,
      configMapNames: [...names].sort(),
      ...(changeNumber === undefined ? {} : { changeNumber }),
      ...(reason === undefined ? {} : { reason }),
    };
  });
  return withLeaving(seen, told, [...before.values()]);
}

/** What is still to be removed, or cannot be looked at, stays written down. */
function withLeaving(
  seen: Seen,
  told: readonly ExportStatus[],
  before: readonly ExportStatus[],
): ExportStatus[] {
  const { namespace = '' } = seen.object.metadata;
  const going = new Set(exportsOf(seen).removals.map(({ action }) => action.id));
  const isLeft = (name: string): boolean => {
    const id = configMapId(namespace, name);
    return going.has(id) || seen.exports.maps.get(id)?.is === 'unknown';
  };
  const leaving = new Map(before.map(({ name, configMapNames }) => [name, configMapNames.filter(isLeft)]));
  const whole = told.map((entry) => {
    const more = leaving.get(entry.name) ?? [];
    leaving.delete(entry.name);
    return { ...entry, configMapNames: [...new Set([...entry.configMapNames, ...more])].sort() };
  });
  const gone = [...leaving].filter(([, names]) => names.length > 0);
  return [...whole, ...gone.map(([name, configMapNames]) => ({ name, configMapNames }))];
}

function reasonOf({ outcome }: DecidedPart): ExportStatus['reason'] {
  switch (outcome.is) {
    case 'written':
      return 'Written';
    case 'waiting':
      return 'WaitingForRecords';
    case 'failed':
      if (reasons.includes(outcome.fault.reason as Reason))
        return outcome.fault.reason as ExportStatus['reason'];
      return 'Written';
    case 'writing':
    case 'unread':
      return undefined;
  }
}

/** The status with what was exported in it. */
export function withExports(seen: Seen, status: ArcPrivateLinkScopeStatus): ArcPrivateLinkScopeStatus {
  // At deletion ConfigMaps go with the object.
  if (seen.deleting) return status;
  const { exports: _, ...rest } = status;
  const told = exportStatuses(seen);
  return { ...rest, ...(told.length === 0 ? {} : { exports: told }), ...heldStatus(seen) };
}

const mostHeld = 300;

/** What is held back; of every endpoint something, for whoever asks whether it serves. */
function heldStatus(seen: Seen): Pick<ArcPrivateLinkScopeStatus, 'heldBack'> {
  const all = [...heldBack(seen), ...heldExports(seen)];
  if (all.length === 0) return {};
  const firsts = [...new Map(all.map((one) => [one.privateEndpoint, one])).values()];
  const others = all.filter((one) => !firsts.includes(one));
  return { heldBack: [...firsts, ...others].slice(0, mostHeld) };
}

/** As it is written down before the first write: what a crash leaves behind is found again. */
export function journalled(
  status: ArcPrivateLinkScopeStatus | undefined,
  writes: readonly { part: string; name: string }[],
): ExportStatus[] | undefined {
  if (writes.length === 0) return status?.exports;
  const entries = new Map((status?.exports ?? []).map((entry) => [entry.name, entry]));
  for (const { part, name } of writes) {
    const { configMapNames = [], ...rest } = entries.get(part) ?? {};
    entries.set(part, {
      ...rest,
      name: part,
      configMapNames: [...new Set([...configMapNames, name])].sort(),
    });
  }
  return [...entries.values()];
}
