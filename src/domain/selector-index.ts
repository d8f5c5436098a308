import type { ArcServerAssociation, MachineSelector } from '../api/types.ts';
import type { Machine } from '../azure/types.ts';
import { tagsOf } from './selection.ts';

interface Indexed {
  object: ArcServerAssociation;
  terms: readonly string[];
}

/**
 * Associations by what they select: which of a thousand may select a server is found without asking each of them. It
 * is kept from pass to pass, and `sync` costs only what changed.
 */
export class SelectorIndex {
  readonly #known = new Map<string, Indexed>();
  readonly #byTerm = new Map<string, Set<ArcServerAssociation>>();

  /** Takes over the associations that there are now; objects of a lister are replaced, never changed. */
  sync(objects: readonly ArcServerAssociation[]): void {
    const present = new Set<string>();
    for (const object of objects) {
      const uid = object.metadata.uid ?? '';
      present.add(uid);
      if (this.#known.get(uid)?.object === object) continue;
      this.#remove(uid);
      this.#add(uid, object);
    }
    for (const uid of this.#known.keys()) if (!present.has(uid)) this.#remove(uid);
  }

  /** Those that select by nothing that a server can be found by, as `selectionMode: All`. */
  unspecific(): ReadonlySet<ArcServerAssociation> {
    return this.#byTerm.get(any) ?? new Set();
  }

  /** Of the others those that may select the server: whoever is not among them does not. */
  candidates(machine: Machine): Set<ArcServerAssociation> {
    const found = new Set<ArcServerAssociation>();
    const take = (term: string): void => {
      for (const object of this.#byTerm.get(term) ?? []) found.add(object);
    };
    take(nameTerm(machine.name));
    take(groupTerm(machine.resourceGroup));
    for (const [key, value] of tagsOf(machine)) take(tagTerm(key, value));
    return found;
  }

  #add(uid: string, object: ArcServerAssociation): void {
    const terms = termsOf(object.spec.machines);
    this.#known.set(uid, { object, terms });
    for (const term of terms) {
      const objects = this.#byTerm.get(term);
      if (objects === undefined) this.#byTerm.set(term, new Set([object]));
      else objects.add(object);
    }
  }

  #remove(uid: string): void {
    const known = this.#known.get(uid);
    if (known === undefined) return;
    this.#known.delete(uid);
    for (const term of known.terms) {
      const objects = this.#byTerm.get(term);
      objects?.delete(known.object);
      if (objects?.size === 0) this.#byTerm.delete(term);
    }
  }
}

const any = '*';
const nameTerm = (name: string): string => `name ${name.toLowerCase()}`;
const groupTerm = (group: string): string => `group ${group.toLowerCase()}`;
const tagTerm = (key: string, value: string): string => `tag ${key.toLowerCase()} ${value}`;

/** All parts of a selector must match, so one of them is enough to be found by: the one that names the fewest servers. */
function termsOf({ names, resourceGroups, tagSelector, selectionMode }: MachineSelector): string[] {
  if (selectionMode === 'All') return [any];
  if (names?.length) return names.map(nameTerm);
  const byTag = tagTerms(tagSelector);
  if (byTag !== undefined) return byTag;
  return resourceGroups?.length ? resourceGroups.map(groupTerm) : [any];
}

function tagTerms(selector: MachineSelector['tagSelector']): string[] | undefined {
  const [tag] = Object.entries(selector?.matchTags ?? {});
  if (tag !== undefined) return [tagTerm(...tag)];
  const listed = selector?.matchExpressions?.find(({ operator }) => operator === 'In');
  return listed && (listed.values ?? []).map((value) => tagTerm(listed.key, value));
}
