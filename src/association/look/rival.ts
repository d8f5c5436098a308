import { parseResourceId } from '../../azure/ids.ts';
import type { ArcServerAssociation } from '../../api/types.ts';
import { scopeKeyOf } from '../../domain/references.ts';
import { rankOf, type Rival } from '../../domain/rivals.ts';
import { selectionOf, subscriptionsOf } from '../../domain/selection.ts';
import type { AssociationDeps } from '../deps.ts';
import type { Entry } from '../seen.ts';
import type { Sightings } from '../sightings.ts';

/** Another association of the cluster as a rival for servers: what its object, its scope and its looks tell. */
export interface RivalContext {
  deps: Pick<AssociationDeps, 'scopes' | 'settings' | 'worksOn'>;
  sightings: Pick<Sightings, 'sees' | 'location'>;
  /** Whether the scope is one that an object of this cluster manages. */
  isManaged(scopeId: string): boolean;
  /** Its entries, where its slices were read. */
  entries(uid: string): ReadonlyMap<string, Entry> | undefined;
}

export function resolveRival(other: ArcServerAssociation, context: RivalContext): Rival {
  const { metadata, spec } = other;
  const { sightings } = context;
  const { uid = '' } = metadata;
  const { scope, scopeId, heldIn, subscriptionId } = placeOf(other, context);
  const live = metadata.deletionTimestamp === undefined;
  return {
    uid,
    name: `${metadata.namespace}/${metadata.name}`,
    rank: rankOf(other),
    live,
    acts: live && scopeId !== undefined && isActive(other, context) && mayRefer(other, context),
    takes: scope?.metadata.deletionTimestamp === undefined,
    moves: spec.conflictPolicy === 'Move',
    scopeId,
    heldIn,
    location: scope?.spec.location ?? sightings.location(uid),
    ...selectionFor(other, subscriptionId),
    isNew: isNew(other),
    mayYetSee: (id) => sightings.sees(uid, id) === undefined && context.entries(uid)?.has(id) !== true,
    sees: (id) =>
      isNewElsewhere(other, context) || ((sightings.sees(uid, id) || context.entries(uid)?.has(id)) ?? false),
  };
}

/**
 * What another operator's association has listed is known by its slices alone. Until it has looked with its present
 * spec it counts as one that sees everything: two new ones in two shards must not both take a server.
 */
function isNewElsewhere(other: ArcServerAssociation, { deps }: RivalContext): boolean {
  return !deps.worksOn(other) && isNew(other);
}

function isNew({ metadata, status }: ArcServerAssociation): boolean {
  return status?.observedGeneration !== metadata.generation;
}

/** Where its servers are does not depend on what has become of its scope object. */
function placeOf(other: ArcServerAssociation, { deps }: RivalContext) {
  const key = scopeKeyOf(other);
  const scope = key && deps.scopes.get(key);
  const scopeId = other.spec.scopeResourceId ?? scope?.status?.resourceId;
  const heldIn = other.status?.scopeId ?? scopeId;
  const ofScope = parseResourceId(heldIn ?? '')?.subscriptionId ?? '';
  return { scope, scopeId, heldIn, subscriptionId: scope?.spec.subscriptionId ?? ofScope };
}

function isActive({ spec }: ArcServerAssociation, { deps }: RivalContext): boolean {
  const observes = spec.managementPolicy === 'Observe' || deps.settings.managementPolicy === 'Observe';
  return !spec.suspend && !observes;
}

/** The scope of an object of this cluster is referred to by `scopeRef`, never by its id. */
function mayRefer({ spec }: ArcServerAssociation, context: RivalContext): boolean {
  return spec.scopeResourceId === undefined || !context.isManaged(spec.scopeResourceId);
}

type Selecting = Pick<Rival, 'subscriptions' | 'selects'>;

/** Sets of a thousand names are made once for each object, not once for each pass. */
const selections = new WeakMap<ArcServerAssociation, { ofScope: string; selecting: Selecting }>();

function selectionFor(object: ArcServerAssociation, ofScope: string): Selecting {
  const known = selections.get(object);
  if (known?.ofScope === ofScope) return known.selecting;
  const { machines } = object.spec;
  const subscriptions = new Set(subscriptionsOf(machines, ofScope).map((id) => id.toLowerCase()));
  const selecting = { subscriptions, selects: selectionOf(machines, ofScope) };
  selections.set(object, { ofScope, selecting });
  return selecting;
}
