import type { ArcPrivateLinkScope, ArcServerAssociation } from './api/types.ts';
import { secretKey, type Principal } from './identity/resolver.ts';
import type { Controller } from './runtime/controller.ts';
import { keyOf, keyText, type Key, type KubeObject } from './runtime/object.ts';
import type { Store } from './runtime/store.ts';

/** The scope that an association refers to, as index values. */
export function scopeKeys({ metadata, spec }: ArcServerAssociation): string[] {
  return spec.scopeRef === undefined ? [] : [`${metadata.namespace}/${spec.scopeRef.name}`];
}

/** Which change wakes which object. */
export function wake(
  scopes: Store<ArcPrivateLinkScope>,
  associations: Store<ArcServerAssociation>,
  scopeController: Controller,
  associationController: Controller,
  release: Controller,
): void {
  scopes.onChange((before, after) => {
    releaseSecret(before, after, release);
    const news = isNews(before, after);
    if (news) wakeOne(scopeController, before, after);
    if (news || serving(before) !== serving(after)) {
      const scope = (after ?? before) as KubeObject;
      for (const object of associations.byIndex('scope', keyText(keyOf(scope))))
        if (news) associationController.enqueue(keyOf(object));
        else associationController.nudge(keyOf(object));
    }
    // A scope that was refused for the sake of this one may go on when it has gone.
    if (after === undefined)
      for (const object of scopes.list()) scopeController.enqueue(keyOf(object), 'low');
  });
  const others = wakeOthers(associations, associationController);
  associations.onChange((before, after) => {
    releaseSecret(before, after, release);
    const object = (after ?? before) as ArcServerAssociation;
    if (isNews(before, after)) {
      wakeOne(associationController, before, after);
      const scope = scopeOf(object);
      if (scope !== undefined) scopeController.enqueue(scope);
      others(keyText(keyOf(object)));
      return;
    }
    const left = after?.status?.propagating;
    // The last that ends is what a scope waits for; until then it only counts.
    const scope = before?.status?.propagating === left ? undefined : scopeOf(object);
    if (scope !== undefined) scopeController.nudge(scope, left ? 'low' : 'normal');
  });
}

/**
 * Who holds which server depends on which associations there are: all but the one that changed look again. Changes that
 * come together, as a thousand do at the start, cost one round.
 */
function wakeOthers(
  associations: Store<ArcServerAssociation>,
  controller: Controller,
): (changed: string) => void {
  const news = new Set<string>();
  const round = (): void => {
    const [only] = news.size === 1 ? news : [];
    news.clear();
    for (const { metadata } of associations.list()) {
      const key = keyOf({ metadata });
      if (keyText(key) !== only) controller.enqueue(key, 'low');
    }
  };
  return (changed) => {
    if (news.size === 0) queueMicrotask(round);
    news.add(changed);
  };
}

/**
 * What an association goes by of its scope's status: readiness and the stages of deletion. How many servers there are,
 * and the words of a message, change all the while and concern nobody.
 */
function serving(scope: ArcPrivateLinkScope | undefined): string {
  const { resourceId, publicNetworkAccess, endpoints, conditions = [] } = scope?.status ?? {};
  const states = conditions.map(({ type, status, reason }) => [type, status, reason]);
  return JSON.stringify([resourceId, publicNetworkAccess, endpoints, states]);
}

/** The scope that an association refers to: its deletion and its public access depend on its associations. */
function scopeOf({ metadata, spec }: ArcServerAssociation): Key | undefined {
  if (spec.scopeRef === undefined) return undefined;
  return { namespace: metadata.namespace ?? '', name: spec.scopeRef.name };
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
    JSON.stringify(one.annotations) !== JSON.stringify(other.annotations) ||
    // They may take the object from one shard to another.
    JSON.stringify(one.labels) !== JSON.stringify(other.labels)
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
