import type {
  PrivateZone as SdkZone,
  RecordSet as SdkRecordSet,
  VirtualNetworkLink,
} from '@azure/arm-privatedns';
import { collect, unlessAbsent, type Clients } from './clients.ts';
import { parseResourceId } from './ids.ts';
import type { Azure, PrivateZone, RecordSet, ZoneLink } from './types.ts';
import { stalled } from '../base/errors.ts';

/** Private DNS: zones, their links to networks, and records. Writes send the first request and never poll. */

type DnsCalls = Pick<
  Azure,
  | 'getZone'
  | 'putZone'
  | 'deleteZone'
  | 'listZones'
  | 'listZoneLinks'
  | 'putZoneLink'
  | 'deleteZoneLink'
  | 'listRecords'
>;

/** Zones belong to no region. */
const location = 'global';

export function privateDnsCalls(clients: Clients): DnsCalls {
  const at = (id: string) => {
    const parsed = parseResourceId(id);
    if (parsed === undefined)
      throw stalled('InvalidResourceId', `"${id}" is not the id of an Azure resource.`);
    const [name = '', child = ''] = parsed.names;
    return { sdk: clients.privateDns(parsed.subscriptionId), group: parsed.resourceGroup, name, child };
  };
  const guard = (onlyIfAbsent: boolean | undefined) => (onlyIfAbsent ? { ifNoneMatch: '*' } : {});
  return {
    async getZone(id) {
      const { sdk, group, name } = at(id);
      const zone = await unlessAbsent(sdk.privateZones.get(group, name));
      return zone && readZone(zone);
    },

    async putZone(id, tags, options) {
      const { sdk, group, name } = at(id);
      await sdk.privateZones
        .createOrUpdate(group, name, { location, tags }, guard(options?.onlyIfAbsent))
        .submitted();
    },

    async deleteZone(id) {
      const { sdk, group, name } = at(id);
      await unlessAbsent(sdk.privateZones.delete(group, name).submitted());
    },

    async listZones(subscriptionId) {
      return (await collect(clients.privateDns(subscriptionId).privateZones.list())).map(readZone);
    },

    async listZoneLinks(zoneId) {
      const { sdk, group, name } = at(zoneId);
      return ((await unlessAbsent(collect(sdk.virtualNetworkLinks.list(group, name)))) ?? []).map(readLink);
    },

    async putZoneLink(id, spec, options) {
      const { sdk, group, name, child } = at(id);
      const { virtualNetworkId, tags, resolutionPolicy } = spec;
      const body: VirtualNetworkLink = {
        location,
        tags,
        virtualNetwork: { id: virtualNetworkId },
        registrationEnabled: false,
        ...(resolutionPolicy === undefined ? {} : { resolutionPolicy }),
      };
      await sdk.virtualNetworkLinks
        .createOrUpdate(group, name, child, body, guard(options?.onlyIfAbsent))
        .submitted();
    },

    async deleteZoneLink(id) {
      const { sdk, group, name, child } = at(id);
      await unlessAbsent(sdk.virtualNetworkLinks.delete(group, name, child).submitted());
    },

    async listRecords(zoneId) {
      const { sdk, group, name } = at(zoneId);
      return ((await unlessAbsent(collect(sdk.recordSets.listByType(group, name, 'A')))) ?? []).map(
        readRecord,
      );
    },
  };
}

function readZone(zone: SdkZone): PrivateZone {
  return {
    id: zone.id ?? '',
    name: (zone.name ?? '').toLowerCase(),
    tags: zone.tags ?? {},
    provisioningState: zone.provisioningState ?? 'Succeeded',
  };
}

function readLink(link: VirtualNetworkLink): ZoneLink {
  return {
    id: link.id ?? '',
    name: link.name ?? '',
    tags: link.tags ?? {},
    provisioningState: link.provisioningState ?? 'Succeeded',
    linkState: link.virtualNetworkLinkState ?? 'Completed',
    virtualNetworkId: link.virtualNetwork?.id ?? '',
    ...(link.resolutionPolicy === undefined ? {} : { resolutionPolicy: link.resolutionPolicy }),
  };
}

function readRecord(record: SdkRecordSet): RecordSet {
  return {
    name: record.name ?? '',
    fqdn: (record.fqdn ?? '').replace(/\.$/, ''),
    addresses: (record.aRecords ?? []).flatMap(({ ipv4Address }) => ipv4Address ?? []),
  };
}
