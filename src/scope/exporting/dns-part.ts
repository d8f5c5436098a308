import { fault } from '../../api/reasons.ts';
import type { DnsExport, DnsRecord } from '../../api/types.ts';
import { idKey, nameOf } from '../../azure/ids.ts';
import type { VirtualNetwork } from '../../azure/types.ts';
import { parseCidrs } from '../../base/cidrs.ts';
import type { Fault } from '../../base/errors.ts';
import { valueOf, type Known } from '../../engine/picture.ts';
import { dnsFiles } from '../../exports/dns.ts';
import { usableRecords, type ExportedEndpoint } from '../../exports/names.ts';
import { publicName } from '../public-name.ts';
import type { DesiredEndpoint } from '../desired.ts';
import { troubleOf, type Seen } from '../seen.ts';
import { endpointsAnnotation } from './config-map.ts';
import type { Content } from './content.ts';
import { exportable } from './exportable.ts';

/** What exports.dns comes to: the files of every endpoint that can serve, and what stands in the way of the others. */
export function dnsContent(seen: Seen, wishes: DnsExport, exported: ReadonlySet<string>): Content {
  const { privateEndpoints, formats } = wishes;
  const chosen = seen.desired.endpoints.filter(
    ({ name }) => privateEndpoints.length === 0 || privateEndpoints.includes(name),
  );
  const all = chosen.map((endpoint) => oneOf(seen, wishes, endpoint, exported.has(endpoint.name)));
  const [unread] = all.flatMap((one) => one.unread ?? []);
  if (unread !== undefined) return { is: 'unread', fault: unread };
  const endpoints = all.flatMap((one) => one.endpoint ?? []);
  const names = endpoints.map(({ name }) => name);
  return {
    is: 'content',
    files: endpoints.flatMap((endpoint) => dnsFiles(endpoint, formats)),
    annotations: { [endpointsAnnotation]: names.join(',') },
    told: names.join(', '),
    restsOn: all.flatMap((one) => one.restsOn ?? []),
    waits: chosen.length === 0 ? ['a private endpoint'] : all.flatMap((one) => one.waits ?? []),
    faults: all.flatMap((one) => one.fault ?? []),
    notes: all.flatMap((one) => one.note ?? []),
  };
}

interface One extends Omit<Forwarded, 'forwarders'> {
  endpoint?: ExportedEndpoint;
  waits?: string;
  restsOn?: string;
}

function oneOf(seen: Seen, wishes: DnsExport, endpoint: DesiredEndpoint, wasExported: boolean): One {
  const { name, id } = endpoint;
  const found = exportable(seen, endpoint, wasExported);
  if (found.is === 'unread') return { unread: found.fault };
  const restsOn = found.current ? { restsOn: id } : {};
  if (found.is === 'none') return { ...restsOn, waits: `private endpoint ${name}, ${found.why}` };
  const records = usableRecords(found.records);
  if (records.length === 0)
    return { ...restsOn, waits: `private endpoint ${name}, which has no records yet` };
  const { metadata } = seen.object;
  const owner = `${metadata.namespace ?? ''}/${metadata.name}`;
  const asked = wishes.forwarders.find(({ privateEndpoint }) => privateEndpoint === name);
  const { forwarders, ...rest } = forwarded(seen, endpoint, found.records, asked?.addresses ?? []);
  const own = forwarders === undefined ? {} : { forwarders };
  return { ...restsOn, ...rest, endpoint: { owner, name, records, ...own } };
}

interface Forwarded {
  forwarders?: { suffixes: string[]; addresses: string[] };
  fault?: Fault;
  unread?: Fault;
  note?: string;
}

/** The forwarders of an endpoint, where each address lies in a VNet that resolves through its zones. */
function forwarded(
  seen: Seen,
  { name, dns }: DesiredEndpoint,
  records: readonly DnsRecord[],
  addresses: readonly string[],
): Forwarded {
  if (addresses.length === 0 || dns === undefined) return {};
  const suffixes = [...new Set(records.map(({ zone }) => publicName(zone)))].sort();
  const forwarders = { suffixes, addresses: [...addresses] };
  const networks = dns.networkIds.flatMap((id) => seen.exports.networks.get(idKey(id)) ?? []);
  const outside = addresses.find((address) => !networks.some((known) => hasAddress(known, address)));
  if (outside === undefined) return { forwarders };
  if (dns.existing) {
    const note = `Whether forwarder ${outside} of ${name} lies in a VNet that is linked to the zones is for whoever has them to say.`;
    return { forwarders, note };
  }
  const [unread] = networks.flatMap((known) => troubleOf(known) ?? []);
  if (unread?.reason === 'AuthorizationFailed') {
    const note = `Whether forwarder ${outside} of ${name} lies in a linked VNet could not be read.`;
    return { forwarders, note };
  }
  if (unread !== undefined) return { unread };
  const linked = dns.networkIds.map(nameOf).join(', ');
  const message = `Forwarder ${outside} of private endpoint ${name} lies in no VNet that is linked to its zones (${linked}); its forwarders are left out. Correct it, or add its VNet to dns.linkVirtualNetworkIds.`;
  return { fault: fault('ForwarderNotLinked', message) };
}

function hasAddress(network: Known<VirtualNetwork>, address: string): boolean {
  const subnets = valueOf(network)?.subnets ?? [];
  return subnets.some(({ addressPrefixes }) =>
    addressPrefixes.some((prefix) => parseCidrs(prefix)?.has(address) === true),
  );
}
