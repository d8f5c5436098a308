import { ArmFailure, empty, json, type Json } from '../http.ts';
import { lastName, parentId, same } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { Call, Provider } from '../provider.ts';
import { accept, precondition } from './zones.ts';

/** Links of a private DNS zone to networks, and its A records. */

const linkType = 'Microsoft.Network/privateDnsZones/virtualNetworkLinks';
const recordType = 'Microsoft.Network/privateDnsZones/A';

interface LinkBody {
  tags?: Record<string, string>;
  properties?: Json & { virtualNetwork?: { id?: string }; registrationEnabled?: boolean };
}

export const virtualNetworkLinks: Provider = {
  type: linkType,

  put(call, existing) {
    const { tags, properties = {} } = call.body as LinkBody;
    const zone = call.world.resources.get(parentId(call.id));
    if (zone === undefined)
      throw new ArmFailure(404, 'ParentResourceNotFound', 'The private DNS zone was not found.');
    const networkId = properties.virtualNetwork?.id ?? '';
    if (call.world.resources.get(networkId) === undefined) {
      throw new ArmFailure(400, 'BadRequest', `The virtual network ${networkId} does not exist.`);
    }
    checkOverlap(call, zone, networkId);
    return accept(call, 8_000, () => {
      const failure = precondition(call, call.world.resources.get(call.id));
      if (failure !== undefined) return failure;
      const link = call.world.resources.put({
        id: existing?.id ?? call.id,
        name: call.name,
        type: linkType,
        location: 'global',
        ...(tags === undefined ? {} : { tags }),
        etag: `"${call.world.etag()}"`,
        // A PUT replaces the whole: what is not sent is lost.
        properties: {
          ...properties,
          provisioningState: 'Succeeded',
          // Recorded: Succeeded, and for a while still InProgress.
          virtualNetworkLinkState: existing === undefined ? 'InProgress' : 'Completed',
          registrationEnabled: properties.registrationEnabled ?? false,
          virtualNetwork: { id: networkId },
        },
      });
      call.world.later(4_000, () => (link.properties['virtualNetworkLinkState'] = 'Completed'));
      return undefined;
    });
  },

  // Recorded: 204 when it is not there, and when its zone is not there either.
  delete(call, existing) {
    if (existing === undefined) return empty(204);
    return accept(call, 5_000, () => {
      call.world.resources.delete(existing.id);
      return undefined;
    });
  },
};

/** Documented: a network cannot be linked to two zones of one name. The code is assumed. */
function checkOverlap(call: Call, zone: Resource, networkId: string): void {
  const other = call.world.resources
    .ofType(linkType)
    .filter(({ id }) => !same(parentId(id), zone.id) && same(lastName(parentId(id)), zone.name))
    .find(({ properties }) => same((properties['virtualNetwork'] as { id: string }).id, networkId));
  if (other === undefined) return;
  const message = `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${zone.name}' and '${lastName(parentId(other.id))}' zones.`;
  throw new ArmFailure(400, 'BadRequest', message);
}

export const aRecords: Provider = {
  type: recordType,

  put(call, existing) {
    if (call.world.resources.get(parentId(call.id)) === undefined) {
      throw new ArmFailure(404, 'ParentResourceNotFound', 'The private DNS zone was not found.');
    }
    // Recorded: without the envelope that every other error has.
    const failure = precondition(call, existing);
    if (failure !== undefined) return json(412, { code: failure.code, message: failure.message });
    const { properties = {} } = call.body as { properties?: Record<string, unknown> };
    const zone = lastName(parentId(call.id));
    const record = call.world.resources.put({
      id: call.id,
      name: call.name,
      type: recordType,
      etag: call.world.etag(),
      properties: { ttl: 3600, ...properties, fqdn: `${call.name}.${zone}.`, isAutoRegistered: false },
    });
    return json(existing === undefined ? 201 : 200, visible(record));
  },

  delete(call, existing) {
    if (call.world.resources.get(parentId(call.id)) === undefined) {
      throw new ArmFailure(404, 'ParentResourceNotFound', 'The private DNS zone was not found.');
    }
    if (existing === undefined) return empty(204);
    call.world.resources.delete(existing.id);
    return empty(200);
  },

  render: (_, record) => visible(record),
};

function visible(record: Resource): Record<string, unknown> {
  const { owner: _hidden, ...properties } = record.properties;
  return { id: record.id, name: record.name, type: record.type, etag: record.etag, properties };
}
