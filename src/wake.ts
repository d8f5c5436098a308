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
