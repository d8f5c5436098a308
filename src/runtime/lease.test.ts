import { describe, expect, it } from '@jest/globals';
import { LeaderElection, LeaseLost } from './lease.ts';
import { KubernetesError } from './client.ts';
import { silentLogger } from '../base/log.ts';
import { noMetrics } from '../base/metrics.ts';
import { VirtualClock } from '../../test/world/clock.ts';
import { FakeKubernetes } from '../../test/world/kubernetes/fake.ts';

function stage() {
  const clock = new VirtualClock();
  const client = new FakeKubernetes({ clock });
  const leaders: string[] = [];
  const candidate = (identity: string, own: FakeKubernetes = client) => {
    const stop = new AbortController();
    const key = { namespace: 'system', name: 'lease' };
    const election = new LeaderElection({
      client: own,
      key,
      identity,
      clock,
      random: () => 0.5,
      log: silentLogger,
      metrics: noMetrics,
    });
    const ended = election.run(stop.signal, async (signal) => {
      leaders.push(identity);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    ended.catch(() => {});
    return { stop, ended };
  };
  return { clock, client, leaders, candidate };
}

describe('leader election', () => {
  it('lets one lead, and another at once when the first gives up', async () => {
    const { clock, leaders, candidate } = stage();
    const first = candidate('first');
    await clock.advance(1_000);
    candidate('second');
    await clock.advance(60_000);
    expect(leaders).toEqual(['first']);
    first.stop.abort();
    await first.ended;
    await clock.advance(5_000);
    expect(leaders).toEqual(['first', 'second']);
  });

  it('takes over from one that died only after the whole duration without a renewal', async () => {
    const { clock, client, leaders, candidate } = stage();
    const dead = new FakeKubernetes({ clock });
    dead.get = async (resource, key) => await client.get(resource, key);
    dead.create = async (resource, object) => await client.create(resource, object);
    dead.replace = async () => await new Promise(() => {});
    candidate('dead', dead);
    await clock.advance(1_000);
    candidate('next');
    await clock.advance(14_000);
    expect(leaders).toEqual(['dead']);
    await clock.advance(6_000);
    expect(leaders).toEqual(['dead', 'next']);
  });

  it('ends the work with LeaseLost when the lease cannot be renewed in time', async () => {
    const { clock, client, leaders, candidate } = stage();
    const { ended } = candidate('one');
    await clock.advance(1_000);
    client.replace = async () => await Promise.reject(new KubernetesError(500, '', 'down'));
    await clock.advance(20_000);
    await expect(ended).rejects.toThrow(LeaseLost);
    expect(leaders).toEqual(['one']);
  });
});
