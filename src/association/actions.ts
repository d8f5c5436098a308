import { nameOf } from '../azure/ids.ts';
import type { Action, Planned } from '../engine/concern.ts';
import type { TakeWhy } from './decide.ts';
import type { Plan, Take } from './plan.ts';
import { machineOf, type Evidence, type Seen, type Server } from './seen.ts';

/** The one call that an association makes in Azure: a PATCH of a server's scope, and of nothing else (rule 2). */
export interface MachineAction extends Action {
  verb: 'PATCH';
  /** The scope that the server is put into; null takes it out of the one it is in. */
  scopeId: string | null;
  why: TakeWhy | 'release';
  /** When the look at the server that this rests on began, by the monotonic clock. */
  begunMs: number;
}

const texts: Record<TakeWhy, (name: string) => string> = {
  new: (name) => `associating server ${name}`,
  putBack: (name) => `putting server ${name} back, which someone took out of the scope`,
  takenBack: (name) => `taking server ${name} back from another scope`,
  movedOn: (name) => `moving server ${name} on from the scope that this association had before`,
};

export function plannedTakes({ target }: Seen, { takes }: Plan): Planned<MachineAction>[] {
  const { scopeId, closed, shown } = target;
  if (scopeId === undefined) return [];
  const waitsFor = closed === undefined ? undefined : `scope ${shown}, which takes no server now`;
  return takes.map((take) => planned(take, scopeId, waitsFor));
}

function planned({ server, why }: Take, scopeId: string, waitsFor: string | undefined) {
  return plan(server, { scopeId, why }, texts[why](nameOf(server.id)), waitsFor);
}

export function plannedReleases({ deleting }: Seen, { releases }: Plan): Planned<MachineAction>[] {
  const because = deleting ? 'whose association is being deleted' : 'which is no longer selected';
  return releases.now.map(({ server }) =>
    plan(server, { scopeId: null, why: 'release' }, `releasing server ${nameOf(server.id)}, ${because}`),
  );
}

function plan(
  server: Server,
  what: Pick<MachineAction, 'scopeId' | 'why'>,
  because: string,
  closed?: string,
): Planned<MachineAction> {
  const evidence = evidenceOf(server);
  const waitsFor = closed ?? evidence?.waitsFor;
  return {
    // The case of ids is Azure's own answer.
    action: {
      verb: 'PATCH',
      id: machineOf(server)?.id ?? server.id,
      begunMs: evidence?.begunMs ?? 0,
      ...what,
    },
    because,
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...(evidence?.key === undefined ? {} : { restsOn: [evidence.key] }),
  };
}

function evidenceOf({ sight }: Server): Evidence | undefined {
  return sight.is === 'there' ? sight.evidence : undefined;
}
