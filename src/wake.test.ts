import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { namespace, scopeObject } from '../test/world/objects.ts';
import { ServersLab } from '../test/world/servers.ts';
import { scopes } from './api/resources.ts';
import { NoKubernetesAnswer, type Client } from './runtime/client.ts';

const minute = 60_000;

describe('while two operators lead and no write to the Kubernetes API is answered', () => {
  let lab: ServersLab;
  let calls: number[];
  let silent: boolean;
  beforeEach(async () => {
    lab = new ServersLab();
    calls = [];
    silent = false;
    await lab.prepare(scopeObject());
    await lab.associate({ machines: { names: ['web-1', 'web-2'] } });
    await lab.associate({ machines: { names: ['office'] } }, 'office');
    for (let count = 0; count < 2; count += 1) lab.start(undefined, [], { client: unheard });
  });
  afterEach(() => lab.stop());

  /** What is written arrives, but nobody learns it. */
  const unheard = (client: Client): Client => {
    const own = Object.create(client) as Client;
    own.get = async (resource, key, options) => {
      calls.push(lab.clock.now());
      // A storm would never let the test come to its end.
      if (calls.length > 10_000) return await new Promise(() => {});
      return await client.get(resource, key, options);
    };
    own.patch = async (resource, key, patch, options) => {
      calls.push(lab.clock.now());
      const answer = await client.patch(resource, key, patch, options);
      if (silent) throw new NoKubernetesAnswer(new Error('other side closed'));
      return answer;
    };
    return own;
  };
  const rolledOut = async (): Promise<void> => {
    await lab.becomes('True Ready');
    await lab.becomes('True Ready', 'Ready', 'office');
  };
  const busiest = (calls: readonly number[]): number => {
    const minutes = new Map<number, number>();
    for (const atMs of calls)
      minutes.set(Math.floor(atMs / minute), (minutes.get(Math.floor(atMs / minute)) ?? 0) + 1);
    return Math.max(...minutes.values());
  };

  it.each([
    ['is taken into use', async () => await Promise.resolve()],
    [
      'is changed',
      async () => {
        await rolledOut();
        await lab.select(['web-2', 'web-3']);
      },
    ],
    [
      'is deleted',
      async () => {
        await rolledOut();
        for (const name of ['servers', 'office']) await lab.dissociate(name);
        await lab.kubernetes.delete(scopes, { namespace, name: 'net' });
      },
    ],
  ])(
    'each asks at most sixty times a minute for an object that %s, says nothing of it, and goes on afterwards',
    async (_, change) => {
      await change();
      silent = true;
      const mark = calls.length;
      await lab.clock.advance(10 * minute);
      const objects = 3;
      const operators = 2;
      expect(busiest(calls.slice(mark))).toBeLessThanOrEqual(60 * objects * operators);
      for (const name of ['servers', 'office'])
        expect(await lab.message('Ready', name)).not.toMatch(/did not answer/);
    },
    20_000,
  );
});
