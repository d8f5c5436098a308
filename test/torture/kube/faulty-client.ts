import type { Clock } from '../../../src/base/clock.ts';
import { KubernetesError, type Client, type ListOptions, type Page } from '../../../src/runtime/client.ts';
import type { KubeObject, Resource } from '../../../src/runtime/object.ts';
import type { FakeKubernetes } from '../../world/kubernetes/fake.ts';
import type { Fate, Verb } from './fate.ts';
import type { CallKind } from './faults.ts';
import { noAnswer } from './no-answer.ts';
import { faultyWatch } from './faulty-watch.ts';

/** The longest that a call takes (client.ts). */
const callMs = 30_000;

/** A client whose calls and watches meet what fate has for them. */
export function faultyClient(client: Client, fake: FakeKubernetes, fate: Fate, clock: Clock): Client {
  const pass = async <R>(verb: Verb, signal: AbortSignal | undefined, call: () => Promise<R>): Promise<R> => {
    signal?.throwIfAborted();
    const kind = fate.call(verb);
    return kind === undefined ? await call() : await failing(kind, clock, signal, call, fate);
  };
  const list = async <T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): Promise<Page<T>> => {
    const { oldView } = fate;
    // Only what caches are filled with: every other reader names a namespace.
    const isOld = oldView !== undefined && clock.now() < oldView.untilMs && options.namespace === undefined;
    const page = await client.list(resource, options);
    return isOld ? fake.asOf(resource, options, oldView.version) : page;
  };
  return {
    get: (resource, key, options) => pass('get', options?.signal, () => client.get(resource, key, options)),
    list: (resource, options) => pass('list', options?.signal, () => list(resource, options)),
    watch: (resource, options) =>
      faultyWatch(fate, clock, options.signal, async (signal) =>
        pass('watch', options.signal, () => Promise.resolve(client.watch(resource, { ...options, signal }))),
      ),
    create: (resource, object, options) =>
      pass('create', options?.signal, () => client.create(resource, object, options)),
    replace: (resource, object, options) =>
      pass('replace', options?.signal, () => client.replace(resource, object, options)),
    patch: (resource, key, patch, options) =>
      pass('patch', options?.signal, () => client.patch(resource, key, patch, options)),
    delete: (resource, key, options) =>
      pass('delete', options?.signal, () => client.delete(resource, key, options)),
    createSubresource: (resource, key, subresource, body, options) =>
      pass('create', options?.signal, () =>
        client.createSubresource(resource, key, subresource, body, options),
      ),
  };
}

async function failing<R>(
  kind: CallKind,
  clock: Clock,
  signal: AbortSignal | undefined,
  call: () => Promise<R>,
  fate: Fate,
): Promise<R> {
  if (kind === 'held') {
    await clock.sleep(fate.delayMs(), signal);
    return await call();
  }
  if (kind === 'slow') {
    const answer = await call();
    await clock.sleep(fate.delayMs(), signal);
    return answer;
  }
  // Whatever it was answered, nobody learns it.
  if (kind === 'lost' || kind === 'late') await call().catch(() => undefined);
  if (kind === 'timeout' || kind === 'late') await clock.sleep(callMs, signal);
  if (kind === '429')
    throw new KubernetesError(429, 'TooManyRequests', 'too many requests', { retryAfterMs: 7_000 });
  const reason = reasons[kind];
  throw reason === undefined ? noAnswer() : new KubernetesError(Number(kind), reason, reason);
}

const reasons: Partial<Record<CallKind, string>> = {
  '409': 'Conflict',
  '410': 'Expired',
  '500': 'InternalError',
  '503': 'ServiceUnavailable',
};
