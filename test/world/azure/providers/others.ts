import { empty, json, type Json } from '../http.ts';
import { shown, type Call, type Provider } from '../provider.ts';
import { place } from '../ids.ts';

/** Types that are only there so that the others have where to live. */

export const resourceGroups: Provider = {
  type: 'Microsoft.Resources/resourceGroups',
  put(call, existing) {
    const { location = '' } = call.body as { location?: string };
    const group = {
      id: call.id,
      name: call.name,
      type: 'Microsoft.Resources/resourceGroups',
      location,
      properties: { provisioningState: 'Succeeded' },
    };
    call.world.resources.put(group);
    return json(existing === undefined ? 201 : 200, group);
  },
};

/** Recorded: 201 or 200 with Azure-AsyncOperation and Retry-After 1; deletions 202 with both headers. */
function simple(type: string): Provider {
  const begin = (
    call: Call,
    retryAfter: boolean,
    location: boolean,
    done: () => void,
  ): Record<string, string> =>
    call.world.operations.begin(call, {
      family: 'network',
      where: place(String(call.body['location'] ?? 'westeurope')),
      lastsMs: 2_000,
      ...(retryAfter ? { retryAfter: 1 } : {}),
      location,
      done() {
        done();
        return undefined;
      },
    });
  return {
    type,
    put(call, existing) {
      const {
        location,
        tags,
        properties = {},
      } = call.body as { location?: string; tags?: Record<string, string>; properties?: Json };
      const resource = call.world.resources.put({
        id: call.id,
        name: call.name,
        type,
        ...(location === undefined ? {} : { location }),
        ...(tags === undefined ? {} : { tags }),
        etag: `W/"${call.world.etag()}"`,
        properties: { ...properties, provisioningState: 'Updating' },
      });
      const headers = begin(
        call,
        existing === undefined,
        false,
        () => (resource.properties['provisioningState'] = 'Succeeded'),
      );
      const status = existing === undefined ? 201 : 200;
      return json(status, this.render?.(call.world, resource, false) ?? shown(resource), headers);
    },
    delete(call, existing) {
      if (existing === undefined) return empty(204);
      return empty(
        202,
        begin(call, true, true, () => call.world.resources.deleteTree(existing.id)),
      );
    },
  };
}

export const applicationSecurityGroups = simple('Microsoft.Network/applicationSecurityGroups');
