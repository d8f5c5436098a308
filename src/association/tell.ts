import { nameOf } from '../azure/ids.ts';
import type { Told } from '../engine/kind.ts';
import { associatedText } from './concerns/associated.ts';
import { countsOf } from './counts.ts';
import type { TakeWhy } from './decide.ts';
import { planOf } from './plan.ts';
import type { Entry, Seen } from './seen.ts';

/** What changed and a person should notice, many servers in one sentence. Pure. */
export function tell(before: Seen, after: Seen): Told[] {
  return [...tellCalls(before, after), ...tellEntries(before, after)];
}

/** What was put right; that servers are taken at all is told once, when all of them are. */
const calls: readonly [TakeWhy, Told['type'], string, string][] = [
  ['putBack', 'Warning', 'PutBack', 'Servers that someone took out of the scope were put back'],
  ['takenBack', 'Warning', 'TakenBack', 'Servers were taken back from another scope'],
  ['movedOn', 'Normal', 'MovedOn', 'Servers were moved on from the scope that this association had before'],
];

function tellCalls(before: Seen, after: Seen): Told[] {
  const { takes, releases, left } = planOf(before);
  const done = takes.filter(({ server }) => after.done.answers.has(server.key));
  const told = calls.flatMap(([why, type, reason, text]) =>
    sentence(
      type,
      reason,
      text,
      done.filter((take) => take.why === why).map(({ server }) => server.id),
    ),
  );
  const isAll = countsOf(before).pending > 0 && countsOf(after).pending === 0 && !after.deleting;
  const all: Told = { type: 'Normal', reason: 'Associated', message: associatedText(after) };
  const begun = releases.begun.map(({ server }) => server.id);
  const staying = left.map(({ id }) => id);
  return [
    ...(isAll ? [all] : []),
    ...told,
    ...sentence(
      'Normal',
      'Releasing',
      `Releasing servers${after.deleting ? '' : ' that are no longer selected'}`,
      begun,
    ),
    ...(after.deleting
      ? []
      : sentence(
          'Normal',
          'LeftInScope',
          'Servers that are no longer selected stay in the scope, in which they were before; adoptionPolicy: IfUnowned would release them',
          staying,
        )),
  ];
}

/** Reasons of single servers that are worth an event when they begin. */
const entries: readonly [string, string][] = [
  ['MovedAway', 'Servers were moved to another scope'],
  ['Contested', 'Servers are moved away again and again'],
  ['InOtherScope', 'Servers of another scope are refused'],
  ['RegionMismatch', 'Servers of another region are refused'],
  ['HeldByAssociation', 'Servers of another association are refused'],
  ['OverriddenByPolicy', 'A policy rewrote the scope of servers'],
];

function tellEntries(before: Seen, after: Seen): Told[] {
  const known = new Map(before.servers.map(({ key, entry }) => [key, entry]));
  const changed: Entry[] = [];
  for (const [key, entry] of planOf(after).entries) {
    const old = known.get(key);
    if (old?.reason !== entry.reason || old?.phase !== entry.phase) changed.push(entry);
  }
  const accepted = changed.filter(({ id, phase }) => phase === 'Propagated' && waited(known, id));
  return [
    ...entries.flatMap(([reason, text]) =>
      sentence(
        'Warning',
        reason,
        text,
        changed.filter((entry) => entry.reason === reason).map(({ id }) => id),
      ),
    ),
    ...sentence(
      'Normal',
      'Propagated',
      'The scope accepts servers',
      accepted.map(({ id }) => id),
    ),
  ];
}

function waited(known: ReadonlyMap<string, Entry | undefined>, id: string): boolean {
  return known.get(id.toLowerCase())?.phase === 'Propagating';
}

const mostNamed = 5;

function sentence(type: Told['type'], reason: string, text: string, ids: readonly string[]): Told[] {
  if (ids.length === 0) return [];
  const names = ids.slice(0, mostNamed).map(nameOf).join(', ');
  const more = ids.length > mostNamed ? ` and ${ids.length - mostNamed} more` : '';
  return [{ type, reason, message: `${text}: ${names}${more}.` }];
}
