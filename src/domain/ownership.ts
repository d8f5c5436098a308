import { fault } from '../api/reasons.ts';
import { adoptedTag, ownerTag, takeOverFrom } from '../api/resources.ts';
import type { Metadata } from '../api/types.ts';
import type { Tags } from '../azure/types.ts';
import type { Fault } from '../base/errors.ts';

/**
 * Whose a resource of Azure is, by its tags. Pure. What may be changed and what may be deleted are two questions: ours
 * may be changed; of ours, what was adopted is never deleted. Nothing else is touched.
 */

/** Who asks: an object, and what it was told about resources that are not its own. */
export interface Owner {
  /** The value of the owner's tag: `<owner id>/<namespace>/<name>`. */
  tag: string;
  /** This cluster. */
  ownerId: string;
  namespace: string;
  name: string;
  /** `adoptionPolicy: IfUnowned`: what is nobody's may be taken. */
  adopts: boolean;
  /** The other owner whose resources are taken; absent as a rule. */
  takesOverFrom?: string;
}

export function ownerFor(
  { name, namespace = '', annotations }: Metadata,
  ownerId: string,
  adoptionPolicy: 'Never' | 'IfUnowned',
): Owner {
  const from = annotations?.[takeOverFrom];
  return {
    tag: `${ownerId}/${namespace}/${name}`,
    ownerId,
    namespace,
    name,
    adopts: adoptionPolicy === 'IfUnowned',
    ...(from === undefined ? {} : { takesOverFrom: from }),
  };
}

/** What an object may say of a resource that exists. */
export type Claim =
  /** It carries our tag. `adopted`: it was there before us, and is left in place at deletion. */
  | { is: 'ours'; adopted: boolean }
  /** It is nobody's, and the object is told to adopt such: the tags make it ours. */
  | { is: 'adoptable' }
  /** It is another owner's, who is named in the annotation. */
  | { is: 'takeable'; from: string; adopted: boolean }
  | { is: 'foreign'; fault: Fault };

/** `what` names the resource at the beginning of a sentence: `The private endpoint hub`. */
export function claimOn(resource: { id: string; tags: Tags }, owner: Owner, what: string): Claim {
  const tagged = ownerOf(resource.tags);
  const adopted = isMarkedAdopted(resource.tags);
  if (tagged === owner.tag) return { is: 'ours', adopted };
  if (tagged === undefined)
    return owner.adopts
      ? { is: 'adoptable' }
      : { is: 'foreign', fault: alreadyExists(resource, owner, what) };
  if (owner.takesOverFrom === tagged && !isNeighbour(tagged, owner))
    return { is: 'takeable', from: tagged, adopted };
  return { is: 'foreign', fault: managementConflict(resource, tagged, owner, what) };
}

/** The owner that the resource's tag names; undefined when it is nobody's. */
export function ownerOf(tags: Tags): string | undefined {
  return tagOf(tags, ownerTag);
}

export function isOurs(tags: Tags, owner: Pick<Owner, 'tag'>): boolean {
  return ownerOf(tags) === owner.tag;
}

export function isMarkedAdopted(tags: Tags): boolean {
  return tagOf(tags, adoptedTag) !== undefined;
}

/** The tags that say whose it is, and how it became ours. */
export function ownTags({ tag }: Pick<Owner, 'tag'>, adopted: boolean): Tags {
  return { [ownerTag]: tag, ...(adopted ? { [adoptedTag]: 'true' } : {}) };
}

/** Of another namespace of this very cluster: those never take from one another. */
export function isNeighbour(
  tag: string,
  { ownerId, namespace }: Pick<Owner, 'ownerId' | 'namespace'>,
): boolean {
  return tag.startsWith(`${ownerId}/`) && !tag.startsWith(`${ownerId}/${namespace}/`);
}

/** Tag names are compared without case (learn: "Use tags to organize your Azure resources"). */
function tagOf(tags: Tags, name: string): string | undefined {
  return Object.entries(tags).find(([one]) => one.toLowerCase() === name)?.[1];
}

function alreadyExists({ id }: { id: string }, owner: Owner, what: string): Fault {
  return fault(
    'AlreadyExists',
    `${what} exists already and is not ours (${id}). To manage it, and leave it in place at deletion, set adoptionPolicy: IfUnowned: ${adoptCommand(owner)}`,
  );
}

/** The command that lets the object adopt what is nobody's. */
export function adoptCommand({ namespace, name }: Pick<Owner, 'namespace' | 'name'>): string {
  return `kubectl -n ${namespace} patch apls/${name} --type=merge -p '{"spec":{"adoptionPolicy":"IfUnowned"}}'`;
}

function managementConflict({ id }: { id: string }, other: string, owner: Owner, what: string): Fault {
  const belongs = `${what} belongs to ${other}, as its tag ${ownerTag} says (${id}).`;
  if (isNeighbour(other, owner))
    return fault(
      'ManagementConflict',
      `${belongs} That is an object of this cluster in another namespace: delete one of the two.`,
    );
  const after = 'After a cluster was rebuilt, start the operator with that --owner-id';
  // Whoever writes tags must not write people's commands.
  if (!/^[\w.:/-]+$/.test(other)) return fault('ManagementConflict', `${belongs} ${after}.`);
  return fault(
    'ManagementConflict',
    `${belongs} ${after}, or take it over: kubectl -n ${owner.namespace} annotate apls/${owner.name} --overwrite ${takeOverFrom}=${other}`,
  );
}
