import type { Config } from './config.ts';
import { operatorName } from './api/resources.ts';
import * as api from './api/resources.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation } from './api/types.ts';
import type { AssociationDeps } from './association/context.ts';
import { createAssociationReconciler } from './association/reconcile.ts';
import { createAzure, type AzureOptions } from './azure/azure.ts';
import { cloudOf } from './azure/clouds.ts';
import type { Clock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import type { Metrics } from './base/metrics.ts';
import type { Random } from './base/random.ts';
import { createSecretRelease, heldSecrets } from './identity/release.ts';
import { createIdentities, secretKey, type Identities, type Principal } from './identity/resolver.ts';
import { Backoff } from './runtime/backoff.ts';
import { hasStatus, type Client } from './runtime/client.ts';
import { createController, type Controller } from './runtime/controller.ts';
import { withDeadline } from './runtime/deadline.ts';
import { createRecorder } from './runtime/events.ts';
import { keyOf, keyText, type Key, type KubeObject, type Resource } from './runtime/object.ts';
import { Reflector } from './runtime/reflector.ts';
import type { Reconcile } from './runtime/reconciler.ts';
import { Store } from './runtime/store.ts';
import type { ScopeDeps } from './scope/context.ts';
import { createScopeReconciler } from './scope/reconcile.ts';

/** The caches and controllers, and which change wakes which object. */
export interface Controllers {
  /** Keeps the caches until the signal aborts; standby replicas do this as well. */
  watch(signal: AbortSignal): Promise<void>;
  /** Reconciles until the signal aborts; false when some were still at work after the grace period. */
  run(signal: AbortSignal): Promise<boolean>;
  /** Why the process is not ready, or not alive; undefined when it is. */
  unready(): string | undefined;
  unhealthy(): string | undefined;
  flush(): Promise<void>;
}

export interface Parts {
  config: Config;
  client: Client;
  clock: Clock;
  random: Random;
  log: Logger;
  metrics: Metrics;
  ownerId: string;
  userAgent: string;
  instance: string;
  /** What tests put in the network's place. */
  transport?: Pick<AzureOptions, 'httpClient' | 'signIn'>;
}

/** A watch without any sign of life for so long means that the process had better be started anew. */
const longestSilenceMs = 15 * 60_000;

export function createControllers(parts: Parts): Controllers {
  const { client, clock, log } = parts;
  const scopes = new Store<ArcPrivateLinkScope>();
  const associations = new Store<ArcServerAssociation>({ scope: (object) => scopeKeys(object) });
  const reflectors = [
    ...reflect(parts, api.scopes, scopes),
    ...reflect(parts, api.associations, associations),
  ];
  const events = createRecorder({ client, clock, log, controller: operatorName, instance: parts.instance });
  const identities = createIdentitiesOf(parts);
  const deps = reconcilerDeps(parts, { scopes, associations, events, azureFor: identities.azureFor });

  const scopeController = controller(parts, 'arcprivatelinkscope', createScopeReconciler(deps.scope), scopes);
  const associationController = controller(
    parts,
    'arcserverassociation',
    createAssociationReconciler(deps.association),
    associations,
  );
  const principals = (namespace: string): Principal[] => [
    ...scopes.list(namespace),
    ...associations.list(namespace),
  ];
  const { forget } = identities;
  const release = controller(parts, 'credentials', createSecretRelease({ client, principals, forget }), {
    list: () => [],
  });

  wake(scopes, associations, scopeController, associationController, release);
  return {
    async watch(signal) {
      await Promise.all(reflectors.map((reflector) => reflector.run(signal)));
    },
    async run(signal) {
      await Promise.all(reflectors.map((reflector) => reflector.synced(signal)));
      for (const object of scopes.list()) scopeController.enqueue(keyOf(object), 'low');
      for (const object of associations.list()) associationController.enqueue(keyOf(object), 'low');
      const looking = releaseLeftSecrets(parts, release, signal);
      const all = [scopeController, associationController, release];
      const drained = await Promise.all(all.map((one) => one.run(signal)));
      await looking;
      return drained.every(Boolean);
    },
    unready: () =>
      reflectors.every(({ hasSynced }) => hasSynced) ? undefined : 'the first lists are not complete yet',
    unhealthy() {
      const silent = reflectors.some(
        ({ hasSynced, lastContactMs }) => hasSynced && clock.monotonic() - lastContactMs > longestSilenceMs,
      );
      return silent ? 'a watch of the Kubernetes API has been silent for too long' : undefined;
    },
    flush: () => events.flush(),
  };
}

/**
 * Looks for what an earlier process held, until that has worked once. Without the right to list Secrets the operator
 * works all the same; only what was held may stay held.
 */
async function releaseLeftSecrets(parts: Parts, release: Controller, signal: AbortSignal): Promise<void> {
  const { client, config, clock, random, log } = parts;
  const backoff = new Backoff({ firstMs: 1_000, longestMs: 60_000, random });
  const look = (): Promise<Key[]> => heldSecrets(client, config.watchNamespaces);
  while (!signal.aborted) {
    try {
      for (const key of await withDeadline(clock, 60_000, signal, look)) release.enqueue(key, 'low');
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (hasStatus(error, 403)) {
        log.warn({ err: error }, 'Secrets cannot be listed; those held before a restart are not looked for');
        return;
      }
      log.warn({ err: error }, 'Secrets could not be listed, will be tried again');
      await clock.sleep(backoff.failed(error), signal).catch(() => {});
    }
  }
}

function reflect<T extends KubeObject>(parts: Parts, resource: Resource<T>, store: Store<T>): Reflector<T>[] {
  const { config, client, clock, random, log } = parts;
  const common = { client, resource, store, clock, random, log };
  if (config.watchNamespaces.length === 0) return [new Reflector(common)];
  return config.watchNamespaces.map((namespace) => new Reflector({ ...common, namespace }));
}

function createIdentitiesOf(parts: Parts): Identities {
  const { config, client, clock, log, metrics, userAgent, transport } = parts;
  const cloud = cloudOf(config.azure);
  const { credential } = config.ownIdentity;
  if (credential.kind === 'incomplete') log.warn(credential, "the operator's own identity cannot be used");
  return createIdentities({
    client,
    connect: (credential) => createAzure({ clock, log, metrics, userAgent, ...transport, credential, cloud }),
    own: { ...config.ownIdentity, namespaces: config.operatorIdentityNamespaces },
    exchangeAudience: cloud.exchangeAudience,
  });
}

type Shared = Pick<ScopeDeps & AssociationDeps, 'scopes' | 'associations' | 'events' | 'azureFor'>;

/** Exactly what the reconcilers need: of the configuration, which holds a secret, only their settings. */
export function reconcilerDeps(
  { config, client, clock, random, ownerId }: Parts,
  shared: Shared,
): { scope: ScopeDeps; association: AssociationDeps } {
  const { machinePollIntervalMs, propagationWindowMs, stallAfterMs } = config;
  const common = { ...shared, client, clock, random };
  return {
    scope: { ...common, settings: { ownerId, machinePollIntervalMs, stallAfterMs } },
    association: { ...common, settings: { machinePollIntervalMs, propagationWindowMs, stallAfterMs } },
  };
}

function controller(
  parts: Parts,
  name: string,
  reconcile: Reconcile,
  objects: { list(): readonly KubeObject[] },
): Controller {
  const { config, clock, random, log, metrics } = parts;
  return createController({
    clock,
    random,
    log,
    metrics,
    name,
    reconcile,
    workers: config.maxConcurrentReconciles,
    all: () => objects.list().map(keyOf),
    resyncIntervalMs: config.resyncIntervalMs,
  });
}

/** The scope that an association refers to, as index values. */
function scopeKeys({ metadata, spec }: ArcServerAssociation): string[] {
  return spec.scopeRef === undefined ? [] : [`${metadata.namespace}/${spec.scopeRef.name}`];
}

/** Which change wakes which object. */
function wake(
  scopes: Store<ArcPrivateLinkScope>,
  associations: Store<ArcServerAssociation>,
  scopeController: Controller,
  associationController: Controller,
  release: Controller,
): void {
  scopes.onChange((before, after) => {
    releaseSecret(before, after, release);
    if (isNews(before, after)) wakeOne(scopeController, before, after);
    // An association waits for its scope's readiness and for its deletion's stages, all of which are in the status.
    const scope = (after ?? before) as KubeObject;
    for (const object of associations.byIndex('scope', keyText(keyOf(scope)))) {
      associationController.enqueue(keyOf(object));
    }
    // A scope that was refused for the sake of this one may go on when it has gone.
    if (after === undefined)
      for (const object of scopes.list()) scopeController.enqueue(keyOf(object), 'low');
  });
  associations.onChange((before, after) => {
    releaseSecret(before, after, release);
    const news = isNews(before, after);
    if (news) wakeOne(associationController, before, after);
    if (news || before?.status?.propagating !== after?.status?.propagating)
      wakeScope(scopeController, after ?? before);
    if (!news) return;
    // Who holds which server depends on which associations there are.
    for (const other of associations.list())
      if (other !== after) associationController.enqueue(keyOf(other), 'low');
  });
}

/** The scope that an association refers to: its deletion and its public access depend on its associations. */
function wakeScope(scopeController: Controller, object: ArcServerAssociation | undefined): void {
  if (object?.spec.scopeRef === undefined) return;
  scopeController.enqueue({ namespace: object.metadata.namespace ?? '', name: object.spec.scopeRef.name });
}

function wakeOne(own: Controller, before: KubeObject | undefined, after: KubeObject | undefined): void {
  const object = after ?? before;
  if (object !== undefined) own.enqueue(keyOf(object));
}

/** Whether people (not the operator's own status) changed something. */
function isNews(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  const [one, other] = [before.metadata, after.metadata];
  return (
    one.generation !== other.generation ||
    one.deletionTimestamp !== other.deletionTimestamp ||
    JSON.stringify(one.annotations) !== JSON.stringify(other.annotations)
  );
}

/** An object that goes, or names another Secret, may have been the last to need the old one. */
function releaseSecret(
  before: Principal | undefined,
  after: Principal | undefined,
  release: Controller,
): void {
  if (before === undefined) return;
  const [old, current]: (Key | undefined)[] = [secretKey(before), after && secretKey(after)];
  if (old !== undefined && old.name !== current?.name) release.enqueue(old);
}
