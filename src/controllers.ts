import type { Config } from './config.ts';
import { operatorName } from './api/resources.ts';
import * as api from './api/resources.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation } from './api/types.ts';
import type { AssociationDeps } from './association/deps.ts';
import { associationKind } from './association/kind.ts';
import { createOrphanRelease, leftSlices, orphanKey } from './association/orphans.ts';
import { createAzure, type AzureOptions } from './azure/azure.ts';
import { cloudOf } from './azure/clouds.ts';
import type { Clock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import type { Metrics } from './base/metrics.ts';
import type { Random } from './base/random.ts';
import { createReconciler, type EngineDeps } from './engine/lifecycle.ts';
import { createSecretRelease, heldSecrets } from './identity/release.ts';
import { lookForLeft } from './left-behind.ts';
import { ofShard, type WorksOn } from './shard.ts';
import { scopeKeys, wake } from './wake.ts';
import { createIdentities, type Identities, type Principal } from './identity/resolver.ts';
import type { Client } from './runtime/client.ts';
import { createController, type Controller } from './runtime/controller.ts';
import { createRecorder, type Recorder } from './runtime/events.ts';
import { keyOf, type Key, type KubeObject, type Resource } from './runtime/object.ts';
import { Reflector } from './runtime/reflector.ts';
import type { Lister, Reconcile } from './runtime/reconciler.ts';
import { Store } from './runtime/store.ts';
import type { ScopeDeps } from './scope/deps.ts';
import { createAsk, type Ask, type Server } from './resolve/ask.ts';
import { ownResolver } from './resolve/own.ts';
import { scopeKind } from './scope/kind.ts';
import { Verifier } from './scope/verification/verifier.ts';

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
  transport?: Pick<AzureOptions, 'httpClient' | 'signIn'> & { ask?: Ask; resolver?: Server };
}

/** A watch without any sign of life for so long means that the process had better be started anew. */
const longestSilenceMs = 15 * 60_000;

export function createControllers(parts: Parts): Controllers {
  const { client, clock, config, log } = parts;
  const scopes = new Store<ArcPrivateLinkScope>();
  const associations = new Store<ArcServerAssociation>({ scope: (object) => scopeKeys(object) });
  const reflectors = [
    ...reflect(parts, api.scopes, scopes),
    ...reflect(parts, api.associations, associations),
  ];
  const events = createRecorder({ client, clock, log, controller: operatorName, instance: parts.instance });
  const identities = createIdentitiesOf(parts);
  const verifier = verifierOf(parts, scopes, (key) => scopeController.enqueue(key, 'low'));
  const { azureFor } = identities;
  const deps = reconcilerDeps(parts, { scopes, associations, verifier, events, azureFor });

  const shard = (name: string, reconcile: Reconcile, objects: Lister<KubeObject>): Controller =>
    ofShard(objects, deps.worksOn, reconcile, (own) => controller(parts, name, own.reconcile, own));
  const scopeReconciler = createReconciler(deps.engine, scopeKind(deps.scope));
  const scopeController = shard('arcprivatelinkscope', scopeReconciler, scopes);
  const associationReconciler = createReconciler(deps.engine, associationKind(deps.association));
  const associationController = shard('arcserverassociation', associationReconciler, associations);
  const principals = (namespace: string): Principal[] => [
    ...scopes.list(namespace),
    ...associations.list(namespace),
  ];
  const { forget } = identities;
  const release = controller(parts, 'credentials', createSecretRelease({ client, principals, forget }), {
    list: () => [],
  });

  const orphans = controller(parts, 'slices', createOrphanRelease(client), { list: () => [] });
  associations.onChange((before, after) => {
    if (before !== undefined && after === undefined) orphans.enqueue(orphanKey(before));
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
      verifier.run(signal);
      const looking = [
        lookForLeft(parts, 'Secrets', release, signal, () => heldSecrets(client, config.watchNamespaces)),
        lookForLeft(parts, 'slices', orphans, signal, () =>
          leftSlices(client, config.watchNamespaces, associations.list()),
        ),
      ];
      const all = [scopeController, associationController, release, orphans];
      const drained = await Promise.all(all.map((one) => one.run(signal)));
      await Promise.all(looking);
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

function reflect<T extends KubeObject>(parts: Parts, resource: Resource<T>, store: Store<T>): Reflector<T>[] {
  const { config, client, clock, random, log } = parts;
  const common = { client, resource, store, clock, random, log };
  if (config.watchNamespaces.length === 0) return [new Reflector(common)];
  return config.watchNamespaces.map((namespace) => new Reflector({ ...common, namespace }));
}

function verifierOf(parts: Parts, scopes: Store<ArcPrivateLinkScope>, changed: (key: Key) => void): Verifier {
  const { config, clock, random, transport } = parts;
  const verifier = new Verifier({
    scopes,
    clock,
    random,
    changed,
    ask: transport?.ask ?? createAsk(parts),
    resolving: { allowed: config.allowedResolverCidrs, own: transport?.resolver ?? ownResolver() },
    worksOn: ({ metadata }) => config.watchLabelSelector.matches(metadata.labels),
  });
  scopes.onChange((before, after) => {
    const object = after ?? before;
    if (object !== undefined) verifier.consider(object);
  });
  return verifier;
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

interface Shared {
  scopes: Lister<ArcPrivateLinkScope>;
  associations: Lister<ArcServerAssociation>;
  verifier: ScopeDeps['verifier'];
  events: Recorder;
  azureFor: EngineDeps['azureFor'];
}

/** Exactly what the reconcilers need: of the configuration, which holds a secret, only their settings. */
export function reconcilerDeps(
  { config, client, clock, log, ownerId }: Parts,
  { scopes, associations, verifier, events, azureFor }: Shared,
): { engine: EngineDeps; scope: ScopeDeps; association: AssociationDeps; worksOn: WorksOn } {
  const { stallAfterMs, resyncIntervalMs, allowedSubscriptions } = config;
  const { managementPolicy, machinePollIntervalMs, propagationWindowMs } = config;
  const common = { client, scopes, associations };
  const { matches } = config.watchLabelSelector;
  const worksOn: WorksOn = ({ metadata }) => matches(metadata.labels);
  const settings = { ownerId, machinePollIntervalMs, managementPolicy };
  return {
    engine: {
      client,
      azureFor,
      events,
      clock,
      log,
      settings: { stallAfterMs, resyncIntervalMs, managementPolicy, allowedSubscriptions },
    },
    scope: { ...common, verifier, settings: { ...settings, allowedSubscriptions } },
    association: { ...common, worksOn, clock, settings: { ...settings, propagationWindowMs } },
    worksOn,
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
