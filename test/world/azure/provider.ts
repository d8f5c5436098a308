import { ArmFailure, type ArmResponse, type Json } from './http.ts';
import { lastName, type ArmPath } from './ids.ts';
import type { Resource } from './store.ts';
import type { AzureWorld } from './world.ts';

/** What a resource type is made of, and what several of them share. */

/** A call as a provider sees it. */
export interface Call {
  world: AzureWorld;
  method: string;
  /** The path as it was asked for: the id of the resource, or of its collection. */
  id: string;
  path: ArmPath;
  /** As Azure spells it. */
  type: string;
  name: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
  body: Json;
}

/** One resource type. A verb that is missing is answered 405. */
export interface Provider {
  /** As Azure spells it. */
  type: string;
  put?(call: Call, existing: Resource | undefined): ArmResponse;
  patch?(call: Call, existing: Resource): ArmResponse;
  delete?(call: Call, existing: Resource | undefined): ArmResponse;
  /** What a GET shows; the resource itself by default. */
  render?(world: AzureWorld, resource: Resource, listed: boolean): Json;
  /** Resources that exist by virtue of others, e.g. `privateLinkResources`. */
  find?(call: Call): Resource | undefined;
  list?(call: Call): Resource[];
  /** The answer to a GET of a collection that is no list of resources. */
  answer?(call: Call): ArmResponse;
}

/** A resource as most types show it. */
export function shown(resource: Resource): Json {
  const { id, name, type, location, tags, etag, properties } = resource;
  return {
    id,
    name,
    type,
    ...(location === undefined ? {} : { location }),
    ...(tags === undefined ? {} : { tags }),
    ...(etag === undefined ? {} : { etag }),
    properties,
  };
}

/** Recorded: the network provider's own refusals have a list of details, empty most of the time; nobody else's do. */
export function networkFailure(status: number, code: string, message: string): ArmFailure {
  return new ArmFailure(status, code, message, { details: [] });
}

/** Recorded for subnets; that an endpoint in work answers the same is assumed. */
export function busy(id: string): ArmFailure {
  const message = `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${lastName(id)}.`;
  return networkFailure(409, 'AnotherOperationInProgress', message);
}
