import type { Clients } from './clients.ts';
import { unlessAbsent } from './errors.ts';
import type { Azure, PrivateZone, RawBody, RecordSet, Tags, ZoneLink } from './types.ts';

/** Private DNS: zones, their links to networks, and records. Writes send the first request and never poll. */

type DnsCalls = Pick<
  Azure,
  | 'getZone'
  | 'putZone'
  | 'deleteZone'
  | 'listZones'
  | 'listZoneLinks'
  | 'putZoneLink'
  | 'updateZoneLink'
  | 'deleteZoneLink'
  | 'listRecords'
>;

/** The version that `@azure/arm-privatedns` 4.0.0 asks for. */
const apiVersion = '2024-06-01';
/** Zones belong to no region. */
const location = 'global';

export function privateDnsCalls(clients: Clients): DnsCalls {
  const { raw } = clients;
  const remove = async (id: string): Promise<void> => {
    await unlessAbsent(raw.send('DELETE', id, apiVersion));
  };
  return {
    async getZone(id) {
      const zone = await raw.get(id, apiVersion);
      return zone && readZone(zone);
    },

    async putZone(id, tags) {
      await raw.send('PUT', id, apiVersion, { body: { location, tags }, onlyIfAbsent: true });
    },

    deleteZone: remove,

    async listZones(subscriptionId) {
      const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Network/privateDnsZones`;
      return await raw.list(path, apiVersion, readZone);
    },

    async listZoneLinks(zoneId) {
      const links = raw.list(`${zoneId}/virtualNetworkLinks`, apiVersion, readLink);
      return (await unlessAbsent(links)) ?? [];
    },

    async putZoneLink(id, { virtualNetworkId, tags, resolutionPolicy }) {
      const properties = {
        virtualNetwork: { id: virtualNetworkId },
        registrationEnabled: false,
        ...(resolutionPolicy === undefined ? {} : { resolutionPolicy }),
      };
      await raw.send('PUT', id, apiVersion, { body: { location, tags, properties }, onlyIfAbsent: true });
    },

    async updateZoneLink(seen, { resolutionPolicy }) {
      const properties = {
        ...(seen.raw['properties'] as RawBody),
        ...(resolutionPolicy === undefined ? {} : { resolutionPolicy }),
      };
      const { etag } = seen.raw as { etag?: string };
      const body = { ...seen.raw, properties };
      await raw.send('PUT', seen.id, apiVersion, { body, ifMatch: etag });
    },

    deleteZoneLink: remove,

    async listRecords(zoneId) {
      return (await unlessAbsent(raw.list(`${zoneId}/A`, apiVersion, readRecord))) ?? [];
    },
  };
}

interface ZoneBody {
  id?: string;
  name?: string;
  tags?: Tags;
  properties?: { provisioningState?: string; numberOfVirtualNetworkLinks?: number };
}

function readZone(raw: RawBody): PrivateZone {
  const { id = '', name = '', tags = {}, properties = {} } = raw as ZoneBody;
  const linkCount = properties.numberOfVirtualNetworkLinks;
  return {
    id,
    name: name.toLowerCase(),
    tags,
    provisioningState: properties.provisioningState ?? 'Succeeded',
    ...(linkCount === undefined ? {} : { linkCount }),
  };
}

interface LinkBody {
  id?: string;
  name?: string;
  tags?: Tags;
  properties?: {
    provisioningState?: string;
    virtualNetworkLinkState?: string;
    virtualNetwork?: { id?: string };
    resolutionPolicy?: string;
  };
}

function readLink(raw: RawBody): ZoneLink {
  const { id = '', name = '', tags = {}, properties = {} } = raw as LinkBody;
  return {
    id,
    name,
    tags,
    provisioningState: properties.provisioningState ?? 'Succeeded',
    linkState: properties.virtualNetworkLinkState ?? 'Completed',
    virtualNetworkId: properties.virtualNetwork?.id ?? '',
    ...(properties.resolutionPolicy === undefined ? {} : { resolutionPolicy: properties.resolutionPolicy }),
    raw,
  };
}

interface RecordBody {
  name?: string;
  properties?: { fqdn?: string; aRecords?: { ipv4Address?: string }[] };
}

function readRecord(raw: RawBody): RecordSet {
  const { name = '', properties = {} } = raw as RecordBody;
  return {
    name,
    fqdn: (properties.fqdn ?? '').replace(/\.$/, ''),
    addresses: (properties.aRecords ?? []).flatMap(({ ipv4Address }) => ipv4Address ?? []),
  };
}
