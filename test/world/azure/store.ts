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

  get(id: string): Resource | undefined {
    return this.#all.get(key(id));
  }

  put(resource: Resource): Resource {
    this.#all.set(key(resource.id), resource);
    return resource;
  }

  delete(id: string): void {
    this.#all.delete(key(id));
  }

  all(): Resource[] {
    return [...this.#all.values()];
  }

  ofType(type: string): Resource[] {
    return this.all().filter((resource) => resource.type.toLowerCase() === type.toLowerCase());
  }

  /** Those of a type below an id (a parent, a resource group or a subscription). */
  below(id: string, type: string): Resource[] {
    const prefix = `${key(id)}/`;
    return this.ofType(type).filter((resource) => key(resource.id).startsWith(prefix));
  }

  /** The resource and everything below it. */
  deleteTree(id: string): void {
    const prefix = `${key(id)}/`;
    this.delete(id);
    for (const resource of this.all()) if (key(resource.id).startsWith(prefix)) this.delete(resource.id);
  }

  hasGroup(subscription: string, group: string): boolean {
    return this.get(`/subscriptions/${subscription}/resourceGroups/${group}`) !== undefined;
  }
}

/** Where in the resource's own path its group ends. */
export function groupId(id: string): string {
  const { subscription = '', group = '' } = parsePath(id) ?? {};
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}
