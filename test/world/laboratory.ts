import { VirtualClock } from './clock.ts';
import { Entra } from './azure/entra.ts';
import { entraSource } from './azure/entra-source.ts';
import { worldHttpClient, type Intercept } from './azure/http-client.ts';
import type { ArmRequest, ArmResponse } from './azure/http.ts';
import { Portal } from './azure/portal.ts';
import { plant, type Seed } from './azure/seed.ts';
import { AzureWorld, type WorldOptions } from './azure/world.ts';
import { namespace } from './objects.ts';
import { withDefaults } from './kubernetes/defaults.ts';
import { FakeKubernetes } from './kubernetes/fake.ts';
import { readConfig } from '../../src/config.ts';
import { createControllers } from '../../src/controllers.ts';
import { associations, scopes, slices } from '../../src/api/resources.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation, ServerEntry } from '../../src/api/types.ts';
import type { Credential } from '../../src/azure/credentials.ts';
import type { TokenSource } from '../../src/azure/tokens.ts';
import type { Clock } from '../../src/base/clock.ts';
import { silentLogger, type Logger } from '../../src/base/log.ts';
import { noMetrics } from '../../src/base/metrics.ts';
import type { Ask } from '../../src/resolve/ask.ts';
import type { Client } from '../../src/runtime/client.ts';
import { findCondition } from '../../src/runtime/conditions.ts';
import type { Resource } from '../../src/runtime/object.ts';
import { eventResource, type KubeEvent } from '../../src/runtime/events.ts';
import { secrets, type Secret } from '../../src/identity/resources.ts';

/**
 * The whole operator in one process and in virtual time: its real controllers and SDKs on the fake Kubernetes and the
 * simulated Azure. Fifteen minutes cost milliseconds, and any call can be made to fail.
 */
export { namespace };

/** The same sequence in every run (a linear congruential generator, Numerical Recipes). */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What one operator has of its own: its way to the API server, its clock, and how it ends. */
export interface StartOptions {
  /** Stands between the operator and the API server. */
  client?: (client: Client) => Client;
  clock?: Clock;
  /** As SIGTERM: it ends what it is at, and begins nothing. */
  terminated?: AbortSignal;
  /** As SIGKILL: nothing of it is heard any more. */
  killed?: AbortSignal;
}

/** A call of either side, numbered in the order they are made by one incarnation of the operator. */
export type Fault = (call: string, number: number) => 'crash before' | 'crash after' | undefined;

export interface LaboratoryOptions extends Pick<
  WorldOptions,
  'timeFactor' | 'limitFactor' | 'regime' | 'providerLimits'
> {
  /** Tokens are asked for, end and are checked; without it one that never ends is simply there. */
  entra?: boolean;
  /** Another cluster on the same Azure, and in the same time. */
  beside?: Laboratory;
}

export class Laboratory {
  readonly clock: VirtualClock;
  readonly entra: Entra;
  readonly #withEntra: boolean;
  readonly world: AzureWorld;
  readonly portal: Portal;
  readonly kubernetes: FakeKubernetes;
  readonly #running: AbortController[] = [];
  /** Calls of the incarnation that runs or ran last. */
  calls = 0;
  crashed = false;
  /** Sees every exchange with Azure. */
  onExchange: (request: ArmRequest, response: ArmResponse) => void = () => {};
  /** On the way of every exchange with Azure: may answer in its stead, before the effect or after. */
  onAzure: (request: ArmRequest, send: () => ArmResponse) => ArmResponse | Promise<ArmResponse> = (_, send) =>
    send();
  /** What name servers answer to the operator's questions; nobody answers by default. */
  nameServers: Ask = () => Promise.resolve({ is: 'silent' });
  /** Where the operator logs, from its next start on. */
  log: Logger = silentLogger;

  constructor(seed: Seed, options: LaboratoryOptions = {}) {
    const { beside, ...worldOptions } = options;
    this.clock = beside?.clock ?? new VirtualClock();
    this.world =
      beside?.world ?? new AzureWorld({ clock: this.clock, random: seededRandom(), ...worldOptions });
    this.entra = new Entra(seed, this.clock, () => this.world.guid());
    this.#withEntra = options.entra ?? false;
    if (beside === undefined) plant(this.world, seed);
    this.portal = new Portal(this.world);
    this.kubernetes = new FakeKubernetes({ clock: this.clock, defaults: withDefaults });
  }

  /** The namespace's credentials, those of the small seed's application unless `more` says otherwise. */
  async createSecret(more: Record<string, string> = {}, own: string = namespace): Promise<void> {
    const metadata = { namespace: own, name: 'arc-private-link-credentials' };
    await this.kubernetes.create(secrets, { metadata, data: secretData(more) } satisfies Secret);
  }

  /** Starts an operator, beside those that run; a crash stops it for good, as SIGKILL would. */
  start(fault: Fault = () => undefined, flags: readonly string[] = [], own: StartOptions = {}): void {
    const stop = new AbortController();
    this.#running.push(stop);
    own.killed?.addEventListener('abort', () => stop.abort(), { once: true });
    const ending =
      own.terminated === undefined ? stop.signal : AbortSignal.any([stop.signal, own.terminated]);
    this.calls = 0;
    this.crashed = false;
    const guard = <T>(call: string, apply: () => T): T | Promise<T> => {
      if (stop.signal.aborted) return new Promise<T>(() => {}); // a dead process gets no answers
      const verdict = fault(call, this.calls++);
      if (verdict === undefined) return apply();
      // A dead process does not hear that the call was refused either.
      if (verdict === 'crash after') Promise.resolve(apply()).catch(() => {});
      this.crashed = true;
      stop.abort();
      return new Promise<T>(() => {});
    };
    const client = guarded(this.kubernetes, guard);
    const intercept: Intercept = async (request, send) =>
      await guard(`${request.method} ${request.url.pathname}`, () => {
        const refusal = this.#withEntra ? this.entra.refusal(request.headers['authorization']) : undefined;
        return this.onAzure(request, () => {
          const response = refusal ?? send();
          this.onExchange(request, response);
          return response;
        });
      });
    const controllers = createControllers({
      config: readConfig(flags, {}),
      client: own.client?.(client) ?? client,
      clock: own.clock ?? this.clock,
      random: seededRandom(7),
      log: this.log,
      metrics: noMetrics,
      ownerId: readConfig(flags, {}).ownerId || 'cluster',
      userAgent: 'laboratory',
      instance: 'laboratory',
      transport: {
        httpClient: worldHttpClient(this.world, intercept),
        ask: async (...question) => await this.nameServers(...question),
        resolver: { address: '10.96.0.10', port: 53, protocol: 'UDP' },
        signIn: this.#withEntra ? guardedSource(entraSource(this.entra, this.clock), guard) : () => endless,
      },
    });
    void controllers.watch(ending);
    void controllers.run(ending);
  }

  async stop(): Promise<void> {
    for (const stop of this.#running.splice(0)) stop.abort();
    await this.clock.advance(0);
  }

  async scope(name: string): Promise<ArcPrivateLinkScope | undefined> {
    return await this.kubernetes.get(scopes, { namespace, name });
  }

  async association(name: string): Promise<ArcServerAssociation | undefined> {
    return await this.kubernetes.get(associations, { namespace, name });
  }

  /** Every server's entry, by its own name. */
  async entries(): Promise<Map<string, ServerEntry>> {
    const { items } = await this.kubernetes.list(slices, { namespace });
    const all = items.flatMap(({ machines }) => machines);
    return new Map(all.map((entry) => [entry.id.slice(entry.id.lastIndexOf('/') + 1), entry]));
  }

  async events(): Promise<KubeEvent[]> {
    return (await this.kubernetes.list(eventResource, { namespace })).items;
  }

  /** `True Ready`, `False WaitingForScope` … of the object's condition. */
  async condition(
    object: Promise<{ status?: { conditions?: Parameters<typeof findCondition>[0] } } | undefined>,
    type = 'Ready',
  ): Promise<string> {
    const found = findCondition((await object)?.status?.conditions, type);
    return found === undefined ? '' : `${found.status} ${found.reason}`;
  }

  /** Moves time on until the condition holds. */
  async until(condition: () => boolean | Promise<boolean>, limitMs?: number): Promise<void> {
    await this.clock.until(condition, limitMs);
  }
}

/** A Secret's data as the API has it. */
export function secretData(more: Record<string, string> = {}): Record<string, string> {
  const data = {
    AZURE_TENANT_ID: '11111111-1111-1111-1111-111111111111',
    AZURE_CLIENT_ID: '22222222-2222-2222-2222-222222222222',
    AZURE_CLIENT_SECRET: 'secret',
    ...more,
  };
  const encoded = Object.entries(data).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return Object.fromEntries(encoded) as Record<string, string>;
}

const endless: TokenSource = () =>
  Promise.resolve({ token: 'token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER });

/** A dead process asks for no tokens either. */
function guardedSource(
  signIn: (credential: Credential) => TokenSource,
  guard: <T>(call: string, apply: () => T) => T | Promise<T>,
): (credential: Credential) => TokenSource {
  return (credential) => {
    const source = signIn(credential);
    return async (request) => await guard('token', () => source(request));
  };
}

/** The client with every call passing a guard; the tests' own calls do not. */
function guarded(client: Client, guard: (call: string, apply: () => unknown) => unknown): Client {
  const pass = async <R>(verb: string, resource: Resource, call: () => Promise<R>): Promise<R> =>
    (await guard(`${verb} ${resource.kind}`, call)) as R;
  return {
    get: (resource, key, options) => pass('get', resource, () => client.get(resource, key, options)),
    list: (resource, options) => pass('list', resource, () => client.list(resource, options)),
    watch: (resource, options) => client.watch(resource, options),
    create: (resource, object, options) =>
      pass('create', resource, () => client.create(resource, object, options)),
    replace: (resource, object, options) =>
      pass('replace', resource, () => client.replace(resource, object, options)),
    patch: (resource, key, patch, options) =>
      pass('patch', resource, () => client.patch(resource, key, patch, options)),
    delete: (resource, key, options) => pass('delete', resource, () => client.delete(resource, key, options)),
    createSubresource: (resource, key, subresource, body, options) =>
      pass('create', resource, () => client.createSubresource(resource, key, subresource, body, options)),
  };
}
