import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../test/world/clock.ts';
import { withDefaults } from '../../test/world/kubernetes/defaults.ts';
import { FakeKubernetes } from '../../test/world/kubernetes/fake.ts';
import { scopeObject } from '../../test/world/objects.ts';
import { ToyAzure, toyKind } from '../../test/world/toy-kind.ts';
import { scopes } from '../api/resources.ts';
import type { Azure } from '../azure/types.ts';
import { silentLogger } from '../base/log.ts';
import { OperatorError } from '../base/errors.ts';
import { findCondition } from '../runtime/conditions.ts';
import { createController } from '../runtime/controller.ts';
import { createMetrics } from '../runtime/metrics.ts';
import { keyOf } from '../runtime/object.ts';
import { createReconciler, type EngineSettings } from './lifecycle.ts';

const key = { namespace: 'lab', name: 'net' };
const forbidden = new OperatorError('waiting', 'AuthorizationFailed', 'may not', { stalls: true });
const throttled = new OperatorError('waiting', 'Throttled', 'slow down', { retryAfterMs: 30_000 });

describe('the life of an object', () => {
  let clock: VirtualClock;
  let kubernetes: FakeKubernetes;
  let azure: ToyAzure;
  let journal: string[];
  let stop: AbortController;
  let metrics: ReturnType<typeof createMetrics>;
  let lines: [level: string, fields: unknown, message: unknown][];
  let wake: () => void;

  beforeEach(async () => {
    clock = new VirtualClock();
    kubernetes = new FakeKubernetes({ clock, defaults: withDefaults });
    azure = new ToyAzure();
    journal = [];
    stop = new AbortController();
    metrics = createMetrics();
    lines = [];
    await kubernetes.create(scopes, scopeObject());
  });
  afterEach(async () => {
    stop.abort();
    await clock.advance(0);
  });

  const start = (settings: Partial<EngineSettings> = {}): void => {
    const level =
      (name: string) =>
      (fields: unknown, message?: unknown): void =>
        void lines.push([name, fields, message]);
    const log = {
      ...silentLogger,
      child: () => log,
      info: level('info'),
      warn: level('warn'),
      error: level('error'),
    };
    const reconcile = createReconciler(
      {
        client: kubernetes,
        azureFor: async () => await Promise.resolve({} as Azure),
        events: { event: () => {}, flush: async () => await Promise.resolve() },
        clock,
        log,
        settings: {
          stallAfterMs: 600_000,
          resyncIntervalMs: 900_000,
          managementPolicy: 'Manage',
          allowedSubscriptions: [],
          ...settings,
        },
      },
      toyKind(azure, journal),
    );
    const controller = createController({
      name: 'toy',
      reconcile,
      workers: 1,
      all: () => [key],
      resyncIntervalMs: 900_000,
      clock,
      random: () => 0.5,
      log,
      metrics,
    });
    wake = () => controller.enqueue(key);
    wake();
    void controller.run(stop.signal);
  };
  const object = () => kubernetes.get(scopes, key);
  const state = async (type = 'Ready'): Promise<string> => {
    const found = findCondition((await object())?.status?.conditions, type);
    return found === undefined ? '' : `${found.status} ${found.reason}`;
  };
  const becomes = (wanted: string, type = 'Ready'): Promise<void> =>
    clock.until(async () => (await state(type)) === wanted);
  const patch = async (spec: Record<string, unknown>): Promise<void> => {
    await kubernetes.patch(scopes, key, { spec });
    wake();
  };

  it('claims the object, writes down what it is about to do, and only then does it', async () => {
    start();
    await becomes('True Ready');
    expect(azure.writes()).toEqual(['PUT /a', 'PUT /b']);
    expect(journal).toEqual(['wrote down PUT /a 0', 'wrote down PUT /b 1']);
    expect((await object())?.metadata.finalizers).toEqual(['arcprivatelink.io/finalizer']);
  });

  it('writes nothing, and asks for little, once it is settled', async () => {
    start();
    await becomes('True Ready');
    await clock.advance(20_000);
    const [calls, writes] = [azure.writes().length, kubernetes.writes().length];
    await clock.advance(3 * 900_000);
    expect(azure.writes()).toHaveLength(calls);
    expect(kubernetes.writes()).toHaveLength(writes);
  });

  it('under Observe plans just what it then does, and writes nothing but status', async () => {
    await patchUnwoken({ managementPolicy: 'Observe' });
    start();
    await becomes('False ChangesPlanned');
    const status = (await object())?.status;
    expect(status?.plannedActions).toEqual([
      { verb: 'PUT', id: '/a', because: 'making box /a' },
      { verb: 'PUT', id: '/b', because: 'making box /b', waitsFor: 'box /a' },
    ]);
    expect(status?.plannedActionsTotal).toBe(2);
    expect(await state('Reconciling')).toBe('');
    expect(await state('Stalled')).toBe('');
    expect((await object())?.metadata.finalizers ?? []).toEqual([]);
    expect(azure.writes()).toEqual([]);
    await patch({ managementPolicy: 'Manage' });
    await becomes('True Ready');
    expect(azure.writes()).toEqual(status?.plannedActions?.map(({ verb, id }) => `${verb} ${id}`));
    expect((await object())?.status?.plannedActions).toBeUndefined();
  });

  it('observes everything when the operator is told to, whatever the spec says', async () => {
    start({ managementPolicy: 'Observe' });
    await becomes('False ChangesPlanned');
    expect(azure.writes()).toEqual([]);
  });

  it('is ready under Observe when nothing is planned', async () => {
    azure.boxes.set('/a', 'theirs').set('/b', 'theirs');
    await patchUnwoken({ managementPolicy: 'Observe' });
    start();
    await becomes('True Ready');
    expect((await object())?.status?.plannedActionsTotal).toBeUndefined();
  });

  it('makes no call for an object that names a subscription which is not allowed', async () => {
    start({ allowedSubscriptions: ['11111111-1111-1111-1111-111111111111'] });
    await becomes('False SubscriptionNotAllowed');
    expect(await state('Stalled')).toBe('True SubscriptionNotAllowed');
    expect(azure.calls).toEqual([]);
  });

  it('names a call that Azure refuses, goes on with others, and tries again by itself', async () => {
    azure.faults.set('PUT /a', forbidden);
    azure.boxes.set('/b', 'there');
    start();
    await becomes('False AuthorizationFailed');
    expect(await state('ScopeReady')).toBe('False AuthorizationFailed');
    expect(await state('DNSReady')).toBe('True Ready');
    expect(await state('Reconciling')).toBe('True AuthorizationFailed');
    await becomes('True AuthorizationFailed', 'Stalled');
    expect(azure.writes().length).toBeLessThan(12);
    azure.faults.clear();
    await becomes('True Ready');
  });

  it('counts the time until Stalled from when that reason began, not from when Ready was lost', async () => {
    azure.faults.set('PUT /a', new OperatorError('waiting', 'AnotherOperationInProgress', 'busy'));
    start();
    await becomes('False AnotherOperationInProgress');
    await clock.advance(15 * 60_000);
    azure.faults.set('PUT /a', forbidden);
    await becomes('False AuthorizationFailed');
    await clock.advance(5 * 60_000);
    expect(await state('Stalled')).toBe('');
    await becomes('True AuthorizationFailed', 'Stalled');
  });

  it('stays ready when a look fails, and says so without writing again and again', async () => {
    start();
    await becomes('True Ready');
    azure.faults.set('GET /a', throttled);
    await clock.advance(900_000);
    expect(await state()).toBe('True Ready');
    expect(findCondition((await object())?.status?.conditions, 'ScopeReady')?.message).toContain('Throttled');
    const writes = kubernetes.writes().length;
    await clock.advance(600_000);
    expect(kubernetes.writes()).toHaveLength(writes);
    azure.faults.clear();
    await clock.advance(60_000);
    expect(findCondition((await object())?.status?.conditions, 'ScopeReady')?.message).toBe(
      'Box /a is there.',
    );
  });

  it('is no longer ready when a person has to make a look possible again', async () => {
    start();
    await becomes('True Ready');
    azure.faults.set('GET /a', forbidden);
    await becomes('False AuthorizationFailed');
    expect(await state('DNSReady')).toBe('True Ready');
    await becomes('True AuthorizationFailed', 'Stalled');
    azure.faults.clear();
    await becomes('True Ready');
  });

  it('reads only the throttled thing again, not everything', async () => {
    start();
    await becomes('True Ready');
    azure.faults.set('GET /a', throttled);
    await clock.advance(900_000);
    const mark = azure.calls.length;
    await clock.advance(300_000);
    const since = azure.calls.slice(mark);
    expect(since.filter((call) => call === 'GET /a').length).toBeGreaterThan(5);
    expect(since.filter((call) => call === 'GET /b').length).toBeLessThanOrEqual(1);
  });

  it('acts on no look that is older than a minute', async () => {
    azure.boxes.set('/a', 'there');
    azure.faults.set('PUT /b', forbidden);
    start();
    await becomes('False AuthorizationFailed');
    // Someone makes the box while the next try waits: it is seen before the call is made.
    azure.boxes.set('/b', 'theirs');
    azure.faults.clear();
    const before = azure.writes().length;
    await clock.advance(300_000);
    await becomes('True Ready');
    expect(azure.boxes.get('/b')).toBe('theirs');
    expect(azure.writes().length - before).toBeLessThanOrEqual(0);
  });

  it('takes things down a stage at a time, each after Azure says that the one before is gone', async () => {
    start();
    await becomes('True Ready');
    await kubernetes.delete(scopes, key);
    wake();
    await clock.until(async () => (await object()) === undefined);
    expect(azure.writes().slice(2)).toEqual(['DELETE /b', 'DELETE /a']);
  });

  it('names a deletion that is refused and does not let the object go', async () => {
    start();
    await becomes('True Ready');
    azure.faults.set('DELETE /b', new OperatorError('stalled', 'ScopeLocked', 'Remove the lock.'));
    await kubernetes.delete(scopes, key);
    wake();
    await becomes('True ScopeLocked', 'Stalled');
    await clock.advance(3_600_000);
    expect(azure.boxes.has('/a')).toBe(true);
    expect(azure.writes().length).toBeLessThan(8);
    azure.faults.clear();
    await clock.until(async () => (await object()) === undefined);
  });

  it('is told in the log, line by line for what changes and what is called, and its trouble is counted', async () => {
    const failures = async (): Promise<number> => {
      const all = (await metrics.text()).split('\n');
      return Number(
        all.find((line) => line.startsWith('controller_runtime_reconcile_errors_total{'))?.split(' ')[1],
      );
    };
    start();
    await becomes('True Ready');
    expect(await failures()).toBe(0);
    azure.faults.set('DELETE /b', new OperatorError('stalled', 'ScopeLocked', 'Remove the lock.'));
    await kubernetes.delete(scopes, key);
    wake();
    await becomes('True ScopeLocked', 'Stalled');
    await clock.advance(3_600_000);
    expect(await failures()).toBeGreaterThanOrEqual(5);
    const warned = lines.filter(([level]) => level === 'warn');
    expect(warned).toMatchObject([
      ['warn', { object: 'lab/net', reason: 'ScopeLocked' }, 'Remove the lock.'],
    ]);
    azure.faults.clear();
    await clock.until(async () => (await object()) === undefined);
    const calls = lines.filter(([, fields]) => (fields as { verb?: string }).verb !== undefined);
    const made = calls.filter(([, fields]) => (fields as { reason?: string }).reason === undefined);
    expect(made).toMatchObject(
      ['PUT /a', 'PUT /b', 'DELETE /b', 'DELETE /a'].map((call) => {
        const [verb, id] = call.split(' ');
        return ['info', { verb, id }, expect.any(String)];
      }),
    );
  });

  it.each(['PUT /a', 'GET /a'])(
    'is told as an error with its stack where %s met our own fault',
    async (call) => {
      azure.faults.set(call, new TypeError('x is not a function'));
      start();
      await becomes('True InternalError', 'Reconciling');
      const errors = lines.filter(([level]) => level === 'error').map(([, fields]) => fields);
      const stacks = errors.map((fields) => (fields as { err: { cause?: Error } }).err.cause?.stack ?? '');
      expect(stacks.join('\n')).toMatch(/is not a function\n\s+at /);
    },
  );

  it.each(['suspend', 'observe', 'retain'])('leaves Azure as it is when the object goes: %s', async (how) => {
    start();
    await becomes('True Ready');
    const specs: Record<string, Record<string, unknown>> = {
      suspend: { suspend: true },
      observe: { managementPolicy: 'Observe' },
      retain: { deletionPolicy: 'Retain' },
    };
    await patch(specs[how] ?? {});
    await kubernetes.delete(scopes, key);
    wake();
    await clock.until(async () => (await object()) === undefined);
    expect([...azure.boxes.keys()]).toEqual(['/a', '/b']);
  });

  it('does nothing while it is suspended, and keeps Ready as it was', async () => {
    start();
    await becomes('True Ready');
    await patch({ suspend: true });
    await becomes('True Suspended', 'Suspended');
    azure.boxes.delete('/a');
    await clock.advance(3_600_000);
    expect(await state()).toBe('True Ready');
    expect(azure.boxes.has('/a')).toBe(false);
    await patch({ suspend: false });
    await clock.until(() => azure.boxes.has('/a'));
    expect(await state('Suspended')).toBe('');
  });

  async function patchUnwoken(spec: Record<string, unknown>): Promise<void> {
    const made = await kubernetes.patch(scopes, key, { spec });
    expect(keyOf(made)).toEqual(key);
  }
});
