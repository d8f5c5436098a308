import type { ArcPrivateLinkScopeStatus, DnsRecord, EndpointStatus } from '../api/types.ts';
import { nameOf } from '../azure/ids.ts';
import type { PrivateEndpoint } from '../azure/types.ts';
import type { Pass } from './context.ts';
import type { DesiredEndpoint } from './desired.ts';
import { publicName } from './names.ts';

/** `status.endpoints`: what was seen of each endpoint, and those that are still to be removed. */
export function endpointStatuses(pass: Pass): EndpointStatus[] {
  const wanted = pass.desired.endpoints.map((endpoint) => endpointStatus(pass, endpoint));
  const names = new Set(wanted.map(({ name }) => name));
  const leaving = (pass.object.status?.endpoints ?? []).filter(({ name }) => !names.has(name));
  return [...wanted, ...(pass.leftoversGone ? [] : leaving)];
}

function endpointStatus(pass: Pass, endpoint: DesiredEndpoint): EndpointStatus {
  const before = pass.object.status?.endpoints?.find(({ name }) => name === endpoint.name);
  const observed = pass.endpoints.get(endpoint.name);
  if (observed === undefined) return before ?? { name: endpoint.name };
  const [connection] = observed.connections;
  const [nic] = observed.networkInterfaceIds;
  const zones = endpoint.dns?.groupId;
  return {
    name: endpoint.name,
    id: observed.id,
    location: observed.location,
    provisioningState: observed.provisioningState,
    ...(connection === undefined ? {} : { connectionState: connection.status }),
    ...(nic === undefined ? {} : { networkInterfaceId: nic }),
    ...(zones === undefined ? {} : { zoneResourceGroupId: zones }),
    records: records(pass, endpoint, observed),
  };
}

/** From the zone group where there is one, else from the endpoint's own names: those are to be made elsewhere. */
function records(pass: Pass, endpoint: DesiredEndpoint, observed: PrivateEndpoint): DnsRecord[] {
  const group = pass.groups.get(endpoint.name);
  if (group !== undefined) {
    return group.zones.flatMap(({ zoneId, records: sets }) =>
      sets.map(({ name, fqdn, addresses }) => ({
        zone: nameOf(zoneId).toLowerCase(),
        name,
        fqdn: publicName(fqdn),
        addresses,
      })),
    );
  }
  return observed.dnsConfigs.flatMap(({ fqdn, addresses }) => {
    const zone = pass.zoneNames.find((name) => fqdn.endsWith(`.${publicName(name)}`));
    if (zone === undefined) return [];
    const suffix = `.${publicName(zone)}`;
    return [{ zone, name: fqdn.slice(0, -suffix.length), fqdn, addresses }];
  });
}

/** The status to start a pass from: what is known stays until something newer is seen. */
export function initialStatus(status: ArcPrivateLinkScopeStatus | undefined): ArcPrivateLinkScopeStatus {
  return structuredClone(status ?? { observedGeneration: -1 });
}
