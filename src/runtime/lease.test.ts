import { describe, expect, it } from '@jest/globals';
import { leases } from './lease-lock.ts';
import { LeaderElection, LeaseLost } from './lease.ts';
import { KubernetesError } from './client.ts';
import { silentLogger } from '../base/log.ts';
import { noMetrics } from '../base/metrics.ts';
import { VirtualClock } from '../../test/world/clock.ts';
import { FakeKubernetes } from '../../test/world/kubernetes/fake.ts';

const key = { namespace: 'system', name: 'lease' };

/** What is between a process and the API server: calls may get no answer, done or not, or a refusal. */
type Link = 'up' | 'slow' | 'silent' | 'silent, but the calls arrive' | 'refusing';

/** Of an answer on a slow link; the call itself arrives at once. */
const slowMs = 1_500;

class Linked extends FakeKubernetes {
  link: Link = 'up';
  /** When the last write that was answered was sent. */
  wroteMs = -Infinity;
  readonly #world: FakeKubernetes;

  constructor(clock: VirtualClock, world: FakeKubernetes) {
    super({ clock });
    this.#world = world;
    const through = async <R>(call: () => Promise<R>): Promise<R> => {
      if (this.link === 'refusing') throw new KubernetesError(500, '', 'down');
      const answer = this.link === 'silent' ? undefined : call();
      if (this.link === 'slow') await clock.sleep(slowMs);
      return answer !== undefined && (this.link === 'up' || this.link === 'slow')
        ? await answer
        : await new Promise<R>(() => {});
    };
    this.get = (resource, name) => through(() => this.#world.get(resource, name));
    const write = async <R>(call: () => Promise<R>): Promise<R> => {
      const sentMs = clock.monotonic();
      const answer = await through(call);
      this.wroteMs = sentMs;
      return answer;
    };
    this.create = (resource, object) => write(() => this.#world.create(resource, object));
    this.replace = (resource, object) => write(() => this.#world.replace(resource, object));
  }
}

/** Work as the operator does it: something every 100 ms while it leads, and a last call that takes its time. */
interface Deed {
  who: string;
  atMs: number;
}

function stage() {
  const clock = new VirtualClock();
  const world = new FakeKubernetes({ clock });
  const deeds: Deed[] = [];
  const candidate = (identity: string, lastCallMs = 0) => {
    const client = new Linked(clock, world);
    const stop = new AbortController();
    const election = new LeaderElection({
      client,
      key,
      identity,
      clock,
      random: () => 0.7,
      log: silentLogger,
      metrics: noMetrics,
    });
    const ended = election.run(stop.signal, async (signal) => {
      while (!signal.aborted) {
        deeds.push({ who: identity, atMs: clock.monotonic() });
        await clock.sleep(100, signal).catch(() => {});
      }
      await clock.sleep(lastCallMs);
      if (lastCallMs > 0) deeds.push({ who: identity, atMs: clock.monotonic() });
      return lastCallMs < 20_000;
    });
    ended.catch(() => {});
    return { client, stop, ended };
  };
  const holder = async (): Promise<string> =>
    (await world.get(leases, key))?.spec?.holderIdentity ?? 'nobody knows';
  const leaders = (): string[] => [...new Set(deeds.map(({ who }) => who))];
  const first = (who: string): number => deeds.find((deed) => deed.who === who)?.atMs ?? Infinity;
  const last = (who: string): number => deeds.filter((deed) => deed.who === who).at(-1)?.atMs ?? -Infinity;
  return { clock, world, candidate, holder, leaders, first, last };
}

describe('leader election', () => {
  it('lets one lead, and another at once when the first gives up', async () => {
    const { clock, leaders, candidate, first, last } = stage();
    const one = candidate('one');
    await clock.advance(1_000);
    candidate('two');
    await clock.advance(60_000);
    expect(leaders()).toEqual(['one']);
    one.stop.abort();
    await clock.advance(5_000);
    await one.ended;
    expect(leaders()).toEqual(['one', 'two']);
    expect(first('two') - last('one')).toBeLessThan(4_000);
  });

  it('takes over from a process that died only after the whole duration without a renewal', async () => {
    const { clock, world, leaders, candidate } = stage();
    const spec = { holderIdentity: 'dead', leaseDurationSeconds: 15 };
    await world.create(leases, { metadata: key, spec });
    candidate('next');
    await clock.advance(14_000);
    expect(leaders()).toEqual([]);
    await clock.advance(6_000);
    expect(leaders()).toEqual(['next']);
  });

  it.each<[Link, number]>([
    ['silent', 10_000],
    ['silent', 11_000],
    ['silent', 11_999],
    ['silent, but the calls arrive', 10_000],
    ['silent, but the calls arrive', 11_500],
    ['refusing', 11_000],
  ])('never has two leaders when one finds its link %s after %d ms', async (link, afterMs) => {
    const { clock, candidate, first, last, leaders } = stage();
    const one = candidate('one');
    await clock.advance(500);
    candidate('two');
    await clock.advance(afterMs - 500);
    one.client.link = link;
    await clock.advance(60_000);
    await expect(one.ended).rejects.toThrow(LeaseLost);
    expect(leaders()).toEqual(['one', 'two']);
    expect(last('one') - one.client.wroteMs).toBeLessThanOrEqual(10_000);
    expect(first('two') - last('one')).toBeGreaterThan(2_500);
  });

  it('counts from when its last renewal was sent: a slow answer to that gives it no more time', async () => {
    const { clock, candidate, first, last } = stage();
    const one = candidate('one');
    await clock.advance(500);
    candidate('two');
    one.client.link = 'slow';
    await clock.advance(30_000);
    const before = one.client.wroteMs;
    await clock.until(() => one.client.wroteMs !== before, 10_000, 10);
    one.client.link = 'silent';
    await clock.advance(60_000);
    await expect(one.ended).rejects.toThrow(LeaseLost);
    expect(last('one') - one.client.wroteMs).toBeLessThanOrEqual(10_000);
    expect(first('two') - last('one')).toBeGreaterThan(2_500);
  });

  it('goes on leading when a single call hangs', async () => {
    const { clock, candidate, leaders, last } = stage();
    const one = candidate('one');
    candidate('two');
    await clock.advance(10_000);
    one.client.link = 'silent';
    await clock.advance(2_500);
    one.client.link = 'up';
    await clock.advance(60_000);
    expect(leaders()).toEqual(['one']);
    expect(last('one')).toBeGreaterThan(72_000);
  });

  it('stops at once when another holds the lease, whoever gave it that', async () => {
    const { clock, world, candidate, last } = stage();
    const one = candidate('one');
    await clock.advance(10_000);
    const spec = { holderIdentity: 'usurper', leaseDurationSeconds: 600 };
    await world.patch(leases, key, { spec });
    await clock.advance(3_000);
    await expect(one.ended).rejects.toThrow(LeaseLost);
    expect(last('one')).toBeLessThan(12_500);
  });

  it('keeps the lease, and renews it, until the work that was asked to stop has ended', async () => {
    const { clock, candidate, holder, first, last } = stage();
    const one = candidate('one', 18_000);
    await clock.advance(1_000);
    candidate('two');
    await clock.advance(9_000);
    one.stop.abort();
    await clock.advance(17_000);
    expect(await holder()).toBe('one');
    await clock.advance(5_000);
    await one.ended;
    expect(await holder()).toBe('two');
    expect(first('two')).toBeGreaterThan(last('one'));
  });

  it('gives the lease up after a renewal that was under way, which would else take it back', async () => {
    const { clock, world, candidate, holder } = stage();
    const one = candidate('one');
    await clock.advance(10_000);
    one.client.link = 'slow';
    const asked = world.calls.length;
    await clock.until(() => world.calls.length > asked, 10_000, 10);
    one.stop.abort();
    await clock.advance(10_000);
    await one.ended;
    expect(await holder()).toBe('');
  });

  it('leaves the lease to expire when the work did not end in its grace period', async () => {
    const { clock, candidate, holder } = stage();
    const one = candidate('one', 20_000);
    await clock.advance(1_000);
    one.stop.abort();
    await clock.advance(20_000);
    await one.ended;
    expect(await holder()).toBe('one');
  });

  it('ends promptly when it is asked to stop while it waits for the lease, and holds nothing then', async () => {
    const { clock, candidate, holder } = stage();
    candidate('one');
    await clock.advance(1_000);
    const two = candidate('two');
    await clock.advance(5_000);
    const begun = clock.now();
    two.stop.abort();
    await two.ended;
    expect(clock.now() - begun).toBeLessThan(1_000);
    expect(await holder()).toBe('one');
  });

  it('ends although the API server is silent when it is asked to stop', async () => {
    const { clock, candidate } = stage();
    const one = candidate('one');
    await clock.advance(1_000);
    one.client.link = 'silent';
    one.stop.abort();
    await clock.advance(10_000);
    await one.ended;
    expect(clock.monotonic()).toBe(11_000);
  });
});
