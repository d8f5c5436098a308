import { key, parsePath } from './ids.ts';
import type { Json } from './http.ts';

/** A resource as the simulator keeps it; `properties` is what the answer's `properties` will be. */
export interface Resource {
  id: string;
  name: string;
  /** As Azure spells it: `Microsoft.Network/privateEndpoints`. */
  type: string;
  location?: string;
  tags?: Record<string, string>;
  etag?: string;
  properties: Json;
}

/** Every resource of the world, by id without case. */
export class Resources {
  readonly #all = new Map<string, Resource>();
  /** The same by type without case: most questions are for one type. */
  readonly #byType = new Map<string, Map<string, Resource>>();
  /** And by subscription and type: every page of a listing is a look at all that it lists. */
  readonly #near = new Map<string, Map<string, Resource>>();

  get(id: string): Resource | undefined {
    return this.#all.get(key(id));
  }

  put(resource: Resource): Resource {
    // What is replaced keeps its place in listings.
    if (this.get(resource.id)?.type !== resource.type) this.delete(resource.id);
    this.#all.set(key(resource.id), resource);
    this.#typed(resource.type).set(key(resource.id), resource);
    this.#nearby(resource.id, resource.type).set(key(resource.id), resource);
    return resource;
  }

  delete(id: string): void {
    const known = this.get(id);
    if (known === undefined) return;
    this.#all.delete(key(id));
    this.#typed(known.type).delete(key(id));
    this.#nearby(id, known.type).delete(key(id));
  }

  all(): Resource[] {
    return [...this.#all.values()];
  }

  ofType(type: string): Resource[] {
    return [...this.#typed(type).values()];
  }

  /** Those of a type below an id (a parent, a resource group or a subscription). */
  below(id: string, type: string): Resource[] {
    const prefix = `${key(id)}/`;
    return [...this.#nearby(id, type)]
      .filter(([own]) => own.startsWith(prefix))
      .map(([, resource]) => resource);
  }

  /** The resource and everything below it. */
  deleteTree(id: string): void {
    const prefix = `${key(id)}/`;
    this.delete(id);
    for (const own of this.#all.keys()) if (own.startsWith(prefix)) this.delete(own);
  }

  #typed(type: string): Map<string, Resource> {
    return indexOf(this.#byType, type.toLowerCase());
  }

  #nearby(id: string, type: string): Map<string, Resource> {
    const subscription = key(id).split('/')[2] ?? '';
    return indexOf(this.#near, `${subscription} ${type.toLowerCase()}`);
  }

  hasGroup(subscription: string, group: string): boolean {
    return this.get(`/subscriptions/${subscription}/resourceGroups/${group}`) !== undefined;
  }
}

function indexOf(indices: Map<string, Map<string, Resource>>, name: string): Map<string, Resource> {
  const known = indices.get(name) ?? new Map<string, Resource>();
  indices.set(name, known);
  return known;
}

/** Where in the resource's own path its group ends. */
export function groupId(id: string): string {
  const { subscription = '', group = '' } = parsePath(id) ?? {};
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}
