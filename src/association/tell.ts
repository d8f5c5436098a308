import { idKey, nameOf } from '../azure/ids.ts';
import type { Entry, Pass } from './context.ts';
import type { Plan } from './plan.ts';

/** Events: what a person should notice, many servers in one sentence. */
export function tellChanges(pass: Pass, before: ReadonlyMap<string, Entry>, plan: Plan): void {
  const tell = (type: 'Normal' | 'Warning', reason: string, text: string, ids: readonly string[]): void => {
    if (ids.length === 0) return;
    pass.deps.events.event(pass.object, type, reason, `${text}: ${listed(ids)}.`);
    pass.log.info({ reason, servers: ids.length }, text);
  };
  const because = (why: Plan['associate'][number]['because']): string[] =>
    plan.associate
      .filter(
        ({ machine, because: own }) => own === why && before.get(idKey(machine.id))?.phase !== 'Associating',
      )
      .filter(({ machine }) => plan.entries.get(idKey(machine.id))?.phase === 'Associating')
      .map(({ machine }) => machine.id);
  const newlyFor = (reason: string): string[] =>
    [...plan.entries]
      .filter(([id, entry]) => entry.reason === reason && before.get(id)?.reason !== reason)
      .map(([, { id }]) => id);

  tell('Normal', 'Associating', 'Associating servers', because('new'));
  tell('Warning', 'PutBack', 'Putting servers back that someone took out of the scope', because('putBack'));
  tell('Warning', 'TakenBack', 'Taking servers back from another scope', because('takenBack'));
  tell('Warning', 'MovedAway', 'Servers were moved to another scope', newlyFor('MovedAway'));
  tell('Warning', 'Contested', 'Servers are moved away again and again', newlyFor('Contested'));
  tell('Warning', 'InOtherScope', 'Servers of another scope are refused', newlyFor('InOtherScope'));
  tell('Warning', 'RegionMismatch', 'Servers of another region are refused', newlyFor('RegionMismatch'));
  tell(
    'Warning',
    'HeldByAssociation',
    'Servers of another association are refused',
    newlyFor('HeldByAssociation'),
  );
  const releasing = [...plan.entries].filter(
    ([id, { phase }]) => phase === 'Releasing' && before.get(id)?.phase !== 'Releasing',
  );
  tell(
    'Normal',
    'Releasing',
    'Releasing servers that are no longer selected',
    releasing.map(([, { id }]) => id),
  );
  const finished = [...plan.entries].filter(
    ([id, { phase }]) => phase === 'Propagated' && before.get(id)?.phase === 'Propagating',
  );
  tell(
    'Normal',
    'Propagated',
    'The scope accepts servers',
    finished.map(([, { id }]) => id),
  );
  tellMassRelease(pass, plan);
}

function tellMassRelease(pass: Pass, { massRelease }: Plan): void {
  const known =
    pass.object.status?.conditions?.some(({ reason }) => reason === 'MassReleaseBlocked') ?? false;
  if (massRelease === undefined || known) return;
  const text = `${massRelease.count} of ${massRelease.held} servers would be released; none is until a person confirms it.`;
  pass.deps.events.event(pass.object, 'Warning', 'MassReleaseBlocked', text);
}

const mostNamed = 5;

function listed(ids: readonly string[]): string {
  const names = ids.slice(0, mostNamed).map(nameOf).join(', ');
  return ids.length <= mostNamed ? names : `${names} and ${ids.length - mostNamed} more`;
}
