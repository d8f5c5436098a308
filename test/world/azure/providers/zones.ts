import { ArmFailure, empty, json, type ArmResponse } from '../http.ts';
import { groupId, type Resource } from '../store.ts';
import { shown, type Call, type Provider } from '../provider.ts';

/**
 * Private DNS zones. Recorded: every write is 202 with `{}`, both headers and Retry-After 30; a precondition that does
 * not hold makes the operation fail, not the request; a zone with links is refused with CannotDeleteResource.
 */
export const privateDnsZones: Provider = {
  type: 'Microsoft.Network/privateDnsZones',

  put(call, existing) {
    const { tags } = call.body as { tags?: Record<string, string> };
    return accept(call, 6_000, () => {
      const now = call.world.resources.get(call.id);
      const failure = precondition(call, now);
      if (failure !== undefined) return failure;
      call.world.resources.put({
        id: existing?.id ?? call.id,
        name: existing?.name ?? call.name,
        type: 'Microsoft.Network/privateDnsZones',
        location: 'global',
        ...(tags === undefined ? {} : { tags }),
        etag: call.world.etag(),
        properties: { provisioningState: 'Succeeded', maxNumberOfRecordSets: 25_000 },
      });
      return undefined;
    });
  },

  delete(call, existing) {
    if (existing === undefined) return empty(204);
    const links = call.world.resources.below(
      existing.id,
      'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    );
    if (links.length > 0) {
      const nested = links.map(({ id }) => `'${id.slice(id.indexOf('Microsoft.Network/'))}'`).join(',');
      const message = `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: ${nested}. Please delete all nested resources before deleting this resource.`;
      throw new ArmFailure(409, 'CannotDeleteResource', message);
    }
    return accept(call, 4_000, () => {
      call.world.resources.deleteTree(existing.id);
      return undefined;
    });
  },

  render(world, zone) {
    const links = world.resources.below(
      zone.id,
      'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    ).length;
    const records = world.resources.below(zone.id, 'Microsoft.Network/privateDnsZones/A').length;
    const counts = {
      numberOfRecordSets: records + 1,
      numberOfVirtualNetworkLinks: links,
      maxNumberOfVirtualNetworkLinks: 1000,
      maxNumberOfVirtualNetworkLinksWithRegistration: 100,
      numberOfVirtualNetworkLinksWithRegistration: 0,
    };
    return { ...shown(zone), properties: { ...zone.properties, ...counts } };
  },
};

/** Answers as private DNS does: accepted now, done or failed later. */
export function accept(call: Call, lastsMs: number, done: () => ArmFailure | undefined): ArmResponse {
  const headers = call.world.operations.begin(call, {
    family: 'dns',
    where: groupId(call.id),
    lastsMs,
    retryAfter: 30,
    location: true,
    done,
    // Assumed: what is there already is left Failed, as with an endpoint.
    failed() {
      const left = call.world.resources.get(call.id);
      if (left !== undefined) left.properties['provisioningState'] = 'Failed';
    },
  });
  return call.method === 'DELETE' ? empty(202, headers) : json(202, {}, headers);
}

/** `If-None-Match: *` and `If-Match`, told by the operation. */
export function precondition(call: Call, existing: Resource | undefined): ArmFailure | undefined {
  const ifMatch = call.headers['if-match']?.replaceAll('"', '');
  const taken = call.headers['if-none-match'] === '*' && existing !== undefined;
  const changed = ifMatch !== undefined && ifMatch !== '*' && existing?.etag?.replaceAll('"', '') !== ifMatch;
  if (!taken && !changed) return undefined;
  const why = taken ? 'The resource already exists.' : 'The etag does not match.';
  return new ArmFailure(
    412,
    'PreconditionFailed',
    `The condition '${taken ? '*' : ifMatch}' in the header was not satisfied. ${why}`,
  );
}
