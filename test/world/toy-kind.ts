import type { ArcPrivateLinkScope } from '../../src/api/types.ts';
import { scopes } from '../../src/api/resources.ts';
import type { Azure } from '../../src/azure/types.ts';
import type { Action, Concern, Decision, Planned } from '../../src/engine/concern.ts';
import type { Kind, Looking } from '../../src/engine/kind.ts';
import type { Known } from '../../src/engine/picture.ts';

/**
 * The smallest kind that the engine can drive: two boxes that shall exist. `azure` is a map with faults; what it holds
 * is what a test asserts.
 */
export class ToyAzure {
  readonly boxes = new Map<string, string>();
  readonly calls: string[] = [];
  /** Box or `DELETE box` → thrown instead of an answer. */
  readonly faults = new Map<string, Error>();

  read(id: string): string | undefined {
    this.calls.push(`GET ${id}`);
    const fault = this.faults.get(`GET ${id}`);
    if (fault !== undefined) throw fault;
    return this.boxes.get(id);
  }

  write(verb: string, id: string): void {
    this.calls.push(`${verb} ${id}`);
    const fault = this.faults.get(`${verb} ${id}`);
    if (fault !== undefined) throw fault;
    if (verb === 'DELETE') this.boxes.delete(id);
    else this.boxes.set(id, 'made');
  }

  writes(): string[] {
    return this.calls.filter((call) => !call.startsWith('GET'));
  }
}

export interface ToySeen {
  boxes: ReadonlyMap<string, Known<string>>;
}

export const boxIds = ['/a', '/b'] as const;

export function toyKind(
  azure: ToyAzure,
  journal: string[] = [],
): Kind<ArcPrivateLinkScope, ToySeen, Action, object> {
  const concern = (id: string): Concern<ToySeen, Action> => ({
    name: id,
    condition: id === '/a' ? 'ScopeReady' : 'DNSReady',
    gatesReady: true,
    decide: (seen) => decideBox(id, seen),
  });
  return {
    resource: scopes,
    memory: () => ({}),
    subscriptions: ({ spec }) => [spec.subscriptionId],
    async observe({ picture }: Looking<ArcPrivateLinkScope, object>) {
      const boxes = new Map<string, Known<string>>();
      for (const id of boxIds)
        boxes.set(id, await picture.look(id, async () => await Promise.resolve(azure.read(id))));
      return { boxes };
    },
    concerns: boxIds.map(concern),
    removal: (['/b', '/a'] as const).map((id) => ({
      name: `remove ${id}`,
      gatesReady: true,
      decide: (seen) => decideRemoval(id, seen),
    })),
    nothingMade: ({ status }) => status?.resourceId === undefined,
    admit: (_, due) => ({ now: [...due] }),
    statusEveryMs: 10_000,
    concurrency: 1,
    async journal({ object }, _, now) {
      journal.push(
        ...now.map(({ action }) => `wrote down ${action.verb} ${action.id} ${azure.writes().length}`),
      );
      return await Promise.resolve(object);
    },
    async perform(_: Azure, { verb, id }) {
      azure.write(verb, id);
      return await Promise.resolve('made');
    },
    learn(seen, performed) {
      const boxes = new Map(seen.boxes);
      for (const { planned, done } of performed) {
        if (!done) continue;
        const { verb, id } = planned.action;
        boxes.set(
          id,
          verb === 'DELETE'
            ? { is: 'absent', ageMs: 0, busy: false }
            : { is: 'there', value: 'made', ageMs: 0, busy: false },
        );
      }
      return { boxes };
    },
    record: async () => await Promise.resolve(),
    status: () => ({ observedGeneration: 0, resourceId: '/a' }),
    readyMessage: () => 'Both boxes are there.',
    tell: () => [],
    lookAgainMs: () => undefined,
    farewell: () => 'Both boxes are gone.',
    letGo: async () => await Promise.resolve(),
  };
}

function decideBox(id: string, { boxes }: ToySeen): Decision<Action> {
  const box = boxes.get(id);
  if (box === undefined) throw new Error(`nobody looked at box ${id}`);
  if (box.is === 'unknown') return { verdict: { is: 'unread', fault: box.fault }, planned: [] };
  if (box.is === 'there') {
    return box.trouble === undefined
      ? { verdict: { is: 'ready', message: `Box ${id} is there.` }, planned: [] }
      : { verdict: { is: 'unread', fault: box.trouble }, planned: [] };
  }
  const planned: Planned<Action> = { action: { verb: 'PUT', id }, because: `making box ${id}` };
  // The second box stands on the first.
  const waits = id === '/b' && boxes.get('/a')?.is !== 'there' ? { waitsFor: 'box /a' } : {};
  return {
    verdict: { is: 'working', reason: 'Provisioning', message: `Making box ${id}`, watch: [id] },
    planned: [{ ...planned, ...waits }],
  };
}

function decideRemoval(id: string, { boxes }: ToySeen): Decision<Action> {
  if (boxes.get(id)?.is === 'absent')
    return { verdict: { is: 'ready', message: `Box ${id} is gone.` }, planned: [] };
  return {
    verdict: {
      is: 'working',
      reason: 'Deleting',
      message: `Removing box ${id}`,
      lookAgainMs: 2_000,
      watch: [id],
    },
    planned: [{ action: { verb: 'DELETE', id }, because: `removing box ${id}` }],
  };
}
