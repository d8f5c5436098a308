import type { Json } from './http.ts';

/** What becomes of tags on their way into a resource. */

export type Tags = Record<string, string>;

/** A Modify policy: given a resource's type, as Azure spells it, and the tags that a write would leave it with. */
export type ModifyTags = (type: string, tags: Tags) => Tags;

/** Types whose tags private DNS keeps: it drops names with ':' or spaces (Azure/azure-rest-api-specs#11748). */
const privateDns = /^Microsoft\.Network\/privateDnsZones/i;
/** It takes no more than fifteen (hashicorp/terraform-provider-azurerm#21749); that it drops the rest is assumed. */
const mostOfPrivateDns = 15;

export function storedTags(type: string, tags: Tags, modify: ModifyTags | undefined): Tags {
  const modified = modify?.(type, tags) ?? tags;
  if (!privateDns.test(type)) return modified;
  const kept = Object.entries(modified).filter(([name]) => !/[:\s]/.test(name));
  return Object.fromEntries(kept.slice(0, mostOfPrivateDns));
}

/** The body of a write with the tags that are stored; one without tags gets those that a policy adds. */
export function withStoredTags(type: string, body: Json, modify: ModifyTags | undefined): Json {
  const given = body['tags'] as Tags | undefined;
  const tags = storedTags(type, given ?? {}, modify);
  return given === undefined && Object.keys(tags).length === 0 ? body : { ...body, tags };
}
