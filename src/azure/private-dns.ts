import type { PrivateZone as SdkZone, VirtualNetworkLink } from '@azure/arm-privatedns';
import type { Clients } from './clients.ts';
import { unlessAbsent } from './errors.ts';
import { placeOf } from './ids.ts';
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

/** The version of the SDK's own calls (arm-privatedns 4.0.0). */
const apiVersion = '2024-06-01';
/** Zones belong to no region. */
const location = 'global';
/** The operation fails with PreconditionFailed when someone was first. */
const onlyIfAbsent = { ifNoneMatch: '*' };

export function privateDnsCalls(clients: Clients): DnsCalls {
  const { raw } = clients;
  const at = (id: string) => {
    const { subscriptionId, ...place } = placeOf(id);
    return { sdk: clients.privateDns(subscriptionId), ...place };
  };
  return {
    async getZone(id) {
      const { sdk, group, name } = at(id);
      const zone = await unlessAbsent(sdk.privateZones.get(group, name));
      return zone && readZone(zone);
    },

    async putZone(id, tags) {
      const { sdk, group, name } = at(id);
      await sdk.privateZones.createOrUpdate(group, name, { location, tags }, onlyIfAbsent).submitted();
    },

    async deleteZone(id) {
      const { sdk, group, name } = at(id);
      await unlessAbsent(sdk.privateZones.delete(group, name).submitted());
    },

    async listZones(subscriptionId) {
      const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Network/privateDnsZones`;
      // The SDK's model has no `properties`: it lifts what is in them.
      return await raw.list(path, apiVersion, (item) =>
        readZone({ ...item, ...(item['properties'] as RawBody) }),
      );
    },

    async listZoneLinks(zoneId) {
      const links = raw.list(`${zoneId}/virtualNetworkLinks`, apiVersion, readLink);
      return (await unlessAbsent(links)) ?? [];
    },

    async putZoneLink(id, { virtualNetworkId, tags, resolutionPolicy }) {
      const { sdk, group, name, child } = at(id);
      const body: VirtualNetworkLink = {
        location,
        tags,
        virtualNetwork: { id: virtualNetworkId },
        registrationEnabled: false,
        ...(resolutionPolicy === undefined ? {} : { resolutionPolicy }),
      };
      await sdk.virtualNetworkLinks.createOrUpdate(group, name, child, body, onlyIfAbsent).submitted();
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

    async deleteZoneLink(id) {
      const { sdk, group, name, child } = at(id);
      await unlessAbsent(sdk.virtualNetworkLinks.delete(group, name, child).submitted());
    },

    async listRecords(zoneId) {
      return (await unlessAbsent(raw.list(`${zoneId}/A`, apiVersion, readRecord))) ?? [];
    },
  };
}

function readZone(zone: SdkZone): PrivateZone {
  const linkCount = zone.numberOfVirtualNetworkLinks;
  return {
    id: zone.id ?? '',
    name: (zone.name ?? '').toLowerCase(),
    tags: zone.tags ?? {},
    provisioningState: zone.provisioningState ?? 'Succeeded',
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
