import { describe, expect, it } from '@jest/globals';
import {
  KubernetesError,
  type ListOptions,
  type Page,
  type WatchEvent,
  type WatchOptions,
} from './client.ts';
import type { KubeObject, Resource } from './object.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';
import { silentLogger } from '../base/log.ts';
import { VirtualClock } from '../../test/world/clock.ts';
import { FakeKubernetes } from '../../test/world/kubernetes/fake.ts';

const things: Resource = { group: 'test', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };
const thing = (name: string): KubeObject => ({ metadata: { namespace: 'n', name } });

/** A server whose lists and watches can be made to fail, one after the other. */
class Moody extends FakeKubernetes {
  readonly failures: unknown[] = [];
  lists = 0;
  watches = 0;
  /** How long watches live before the server ends them; undefined lets them live on. */
  livesMs: number | undefined;
  readonly #clock: VirtualClock;
  #cut = new AbortController();

  constructor(clock: VirtualClock) {
    super({ clock });
    this.#clock = clock;
  }

  override async list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<Page<T>> {
    this.lists += 1;
    return await super.list(resource, options);
  }

  override async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>> {
    this.watches += 1;
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    // Else a storm would never leave the turn of the loop that it began in.
    if (this.watches > 10_000) throw new Error('more watches than anyone should ask for');
    if (this.livesMs !== undefined) {
      if (this.livesMs > 0) await this.#clock.sleep(this.livesMs);
      return;
    }
    const cut = this.#cut.signal;
    yield* super.watch(resource, { ...options, signal: AbortSignal.any([cut, options.signal ?? cut]) });
    if (cut.aborted) throw new Error('ECONNRESET');
  }

  /** Cuts the watches that are open, as a proxy that is restarted does. */
  breakWatches(): void {
    this.#cut.abort();
    this.#cut = new AbortController();
  }
}

function start() {
  const clock = new VirtualClock();
  const client = new Moody(clock);
  const store = new Store();
  const stop = new AbortController();
  const reflector = new Reflector({
    client,
    resource: things,
    store,
    clock,
    random: () => 0.5,
    log: silentLogger,
  });
  const names = (): string[] =>
    store
      .list()
      .map(({ metadata }) => metadata.name)
      .sort();
  return { clock, client, store, reflector, stop, names, run: () => void reflector.run(stop.signal) };
}

describe('a reflector', () => {
  it('shows what is there, and every change', async () => {
    const { clock, client, names, run, stop } = start();
    await client.create(things, thing('a'));
    run();
    await clock.advance(1);
    await client.create(things, thing('b'));
    await client.delete(things, { namespace: 'n', name: 'a' });
    await clock.advance(1);
    expect(names()).toEqual(['b']);
    stop.abort();
  });

  it.each([
    ['a reset', new Error('ECONNRESET'), 1],
    ['401', new KubernetesError(401, 'Unauthorized', 'no'), 1],
    ['500', new KubernetesError(500, '', 'no'), 1],
    ['410, after which it lists again', new KubernetesError(410, 'Expired', 'too old'), 2],
  ])('survives %s', async (_, failure, lists) => {
    const { clock, client, names, run, stop } = start();
    client.failures.push(failure);
    run();
    await clock.advance(10);
    await client.create(things, thing('late'));
    await clock.advance(5_000);
    expect(names()).toEqual(['late']);
    expect(client.lists).toBe(lists);
    stop.abort();
  });

  it('notices what was deleted while it could not watch', async () => {
    const { clock, client, names, run, stop } = start();
    await client.create(things, thing('a'));
    client.failures.push(new Error('down'), new KubernetesError(410, 'Expired', 'too old'));
    run();
    await clock.advance(1);
    expect(names()).toEqual(['a']);
    await client.delete(things, { namespace: 'n', name: 'a' });
    client.compact();
    await clock.advance(10_000);
    expect(names()).toEqual([]);
    stop.abort();
  });

  it('waits longer after each failure', async () => {
    const { clock, client, run, stop } = start();
    client.failures.push(...Array.from({ length: 20 }, () => new Error('down')));
    run();
    await clock.advance(60_000);
    // 0.8 + 1.6 + 3.2 + 6.4 + 12.8 + 25.6 s, and no storm.
    expect(20 - client.failures.length).toBe(7);
    stop.abort();
  });

  it('asks less and less often when the server ends each watch as soon as it is open', async () => {
    const { clock, client, run, stop } = start();
    client.livesMs = 0;
    run();
    await clock.advance(60_000);
    // As above.
    expect(client.watches).toBe(7);
    expect(client.lists).toBe(1);
    stop.abort();
  });

  it('opens a watch that lived anew at once, however often, and soon sees what it missed', async () => {
    const { clock, client, names, run, stop } = start();
    client.livesMs = 5_000;
    run();
    await clock.advance(60_000);
    expect(client.watches).toBe(13);
    client.livesMs = undefined;
    await client.create(things, thing('late'));
    await clock.advance(5_000);
    expect(names()).toEqual(['late']);
    stop.abort();
  });

  it('is back to short pauses once a watch has lived', async () => {
    const { clock, client, run, stop } = start();
    client.livesMs = 0;
    run();
    await clock.advance(40_000);
    client.livesMs = 2_000;
    await clock.advance(30_000);
    const before = client.watches;
    client.livesMs = 0;
    await clock.advance(4_000);
    expect(client.watches - before).toBeGreaterThanOrEqual(3);
    stop.abort();
  });

  it('resumes a watch that broke from the last thing it told, not from its beginning', async () => {
    const { clock, client, store, run, stop } = start();
    const seen: string[] = [];
    store.onChange((before, after) => seen.push(after === undefined ? `-${before?.metadata.uid}` : '+'));
    run();
    await clock.advance(1);
    await client.create(things, thing('a'));
    await client.delete(things, { namespace: 'n', name: 'a' });
    await client.create(things, thing('a'));
    await clock.advance(1);
    expect(seen).toEqual(['+', '-uid-1', '+']);
    client.breakWatches();
    await clock.advance(5_000);
    expect(client.watches).toBe(2);
    expect(seen).toEqual(['+', '-uid-1', '+']);
    stop.abort();
  });

  it('lets go of whoever waits for its first list when it is asked to stop', async () => {
    const { client, reflector, run, stop } = start();
    client.list = async () => await new Promise(() => {});
    run();
    const waiting = reflector.synced(stop.signal);
    stop.abort();
    await waiting;
    expect(reflector.hasSynced).toBe(false);
  });
});

describe('the store', () => {
  const versioned = (version: string, uid = 'u'): KubeObject => ({
    metadata: { namespace: 'n', name: 'a', uid, resourceVersion: version },
  });

  it('does not let an older version replace a newer one', () => {
    const store = new Store();
    store.put(versioned('10'));
    store.put(versioned('9'));
    expect(store.list()[0]?.metadata.resourceVersion).toBe('10');
  });

  it('does not let an object that is gone replace the one that was made anew under its name', () => {
    const store = new Store();
    store.put(versioned('10', 'new'));
    store.put(versioned('9', 'old'));
    expect(store.list()[0]?.metadata.uid).toBe('new');
  });

  it('tells a recreated object as gone and come', () => {
    const store = new Store();
    const seen: string[] = [];
    store.onChange((before, after) =>
      seen.push(`${before?.metadata.uid ?? '-'}>${after?.metadata.uid ?? '-'}`),
    );
    store.put(versioned('1', 'one'));
    store.put(versioned('5', 'two'));
    expect(seen).toEqual(['->one', 'one>-', '->two']);
  });
});
