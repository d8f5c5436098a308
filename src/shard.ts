import { createHash } from 'node:crypto';
import { operatorName } from './api/resources.ts';
import type { LabelSelector } from './base/label-selector.ts';
import type { Controller } from './runtime/controller.ts';
import type { KubeObject } from './runtime/object.ts';
import type { Lister, Reconcile } from './runtime/reconciler.ts';

/**
 * Several operators on one fleet (docs/adr/0009): each watches every object, because any of them may be a rival for a
 * server, refer to a scope or need a Secret, and works on those alone that its label selector matches.
 */
export type WorksOn = (object: KubeObject) => boolean;

/** A kind's own objects, and how they are reconciled. */
export interface Own {
  list(): readonly KubeObject[];
  /** Does nothing for an object of another shard; one that is gone is anybody's. */
  reconcile: Reconcile;
}

/** A controller that is woken for objects of this shard only, also where one has just come from or gone to another. */
export function ofShard(
  objects: Pick<Lister<KubeObject>, 'get' | 'list'>,
  worksOn: WorksOn,
  reconcile: Reconcile,
  create: (own: Own) => Controller,
): Controller {
  const isElsewhere = (object: KubeObject | undefined): boolean => object !== undefined && !worksOn(object);
  const controller = create({
    list: () => objects.list().filter(worksOn),
    reconcile: async (key, context) => (isElsewhere(objects.get(key)) ? {} : await reconcile(key, context)),
  });
  return {
    enqueue(key, priority) {
      if (!isElsewhere(objects.get(key))) controller.enqueue(key, priority);
    },
    nudge(key, priority) {
      if (!isElsewhere(objects.get(key))) controller.nudge(key, priority);
    },
    run: (signal) => controller.run(signal),
  };
}

/** One Lease for each shard, as Flux has it: `arc-private-link-operator`, with a digest of the selector where there is one. */
export function leaseNameOf({ text }: LabelSelector): string {
  if (text === '') return operatorName;
  return `${operatorName}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}
