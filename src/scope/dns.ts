import { idKey, nameOf, sameId } from '../azure/ids.ts';
import type { PrivateEndpoint, PrivateZone, ZoneGroup } from '../azure/types.ts';
import { asOperatorError, stalled, type OperatorError } from '../base/errors.ts';
import { ready, working, type Pass, type StepResult } from './context.ts';
import { zoneGroupId, zoneId, type DesiredDns, type DesiredEndpoint } from './desired.ts';
import { ensureLinks } from './dns-links.ts';
import { publicName } from './names.ts';
import { mergedTags, requireOurs } from './ownership.ts';
import { underWay } from './under-way.ts';

/** Zones, their links and the records of every endpoint (condition DNSReady). */
export async function ensureDns(pass: Pass): Promise<StepResult> {
  const managed = pass.desired.endpoints.filter(({ dns }) => dns !== undefined);
  const waits: string[] = [];
  let failure: OperatorError | undefined;
  for (const endpoint of managed) {
    try {
      waits.push(...(await ensureOne(pass, endpoint, endpoint.dns as DesiredDns)));
    } catch (error) {
      // The other endpoints' zones do not wait for this one's trouble.
      failure ??= asOperatorError(error);
    }
  }
  if (failure !== undefined) throw failure;
  const [first] = waits;
  if (first !== undefined)
    return working(waits.length === 1 ? first : `${first} (and ${waits.length - 1} more)`);
  if (managed.length === 0)
    return ready('No DNS zones are asked for; the records are in status.endpoints.', 'NotRequired');
  return ready(`${pass.zoneNames.length} zones are in place for each of ${managed.length} endpoints.`);
}

/** Does what can be done now; gives what is still waited for. */
async function ensureOne(pass: Pass, endpoint: DesiredEndpoint, dns: DesiredDns): Promise<string[]> {
  const waits: string[] = [];
  const zones: PrivateZone[] = [];
  for (const name of pass.zoneNames) {
    const zone = await ensureZone(pass, zoneId(dns.groupId, name));
    if (zone === undefined) waits.push(`Creating DNS zone ${name} in ${nameOf(dns.groupId)}`);
    else zones.push(zone);
  }
  for (const zone of zones) waits.push(...(await ensureLinks(pass, zone, dns)));
  const observed = pass.endpoints.get(endpoint.name);
  const approved = observed?.connections.some(({ status }) => status === 'Approved') ?? false;
  const usable = observed?.provisioningState === 'Succeeded' && approved;
  if (!usable || observed === undefined) return [...waits, `Waiting for private endpoint ${endpoint.name}`];
  // All zones first: a group with some of them would be written twice.
  if (zones.length < pass.zoneNames.length) return waits;
  return [...waits, ...(await ensureRecords(pass, endpoint, observed, zones))];
}

/** The zone, once it is there. */
async function ensureZone(pass: Pass, id: string): Promise<PrivateZone | undefined> {
  const zone = await pass.azure.getZone(id);
  if (zone === undefined) {
    if (await underWay(pass, id, `PUT DNS zone ${nameOf(id)}`)) return undefined;
    await pass.azure.putZone(id, pass.desired.tags);
    pass.log.info({ zone: id }, 'creating DNS zone');
    return undefined;
  }
  requireOurs(zone, pass.desired.owner, `The DNS zone ${zone.name}`);
  const tags = mergedTags(zone.tags, pass.desired.tags);
  if (tags !== undefined && !(await underWay(pass, id, `PUT DNS zone ${nameOf(id)}`))) {
    await pass.azure.mergeTags(id, tags);
    pass.deps.events.event(
      pass.object,
      'Normal',
      'DriftCorrected',
      `Put the tags of DNS zone ${zone.name} right.`,
    );
  }
  return zone;
}

/** The zone group, which writes the endpoint's records into the zones and keeps them there. */
async function ensureRecords(
  pass: Pass,
  endpoint: DesiredEndpoint,
  observed: PrivateEndpoint,
  zones: readonly PrivateZone[],
): Promise<string[]> {
  const id = zoneGroupId(endpoint.id);
  const groups = await pass.azure.listZoneGroups(endpoint.id);
  const group = groups.find((one) => sameId(one.id, id));
  const [other] = groups.filter((one) => one !== group);
  if (other !== undefined) {
    const message = `Private endpoint ${endpoint.name} has a DNS zone group ${other.name} that this operator did not make; Azure allows one. Delete it, or set dns.mode: None.`;
    throw stalled('AlreadyExists', message);
  }
  const wait = [`Writing the DNS records of private endpoint ${endpoint.name}`];
  if (group !== undefined && !isFinished(group)) return wait;
  if (group !== undefined && groupIsWhole(group, zones)) {
    const present = await presentRecords(pass, group);
    // Azure fills in a new group a moment later; writing it again would not make it quicker.
    if (present.every(({ records }) => records.length === 0) && isEmpty(group)) return wait;
    if (recordsAreThere(pass, group, present, observed)) {
      pass.groups.set(endpoint.name, isEmpty(group) ? { ...group, zones: present } : group);
      return [];
    }
  }
  if (await underWay(pass, id, `PUT DNS zone group of private endpoint ${endpoint.name}`)) return wait;
  await pass.azure.putZoneGroup(
    id,
    zones.map((zone) => zone.id),
    group,
  );
  if (group !== undefined) {
    pass.deps.events.event(
      pass.object,
      'Normal',
      'DriftCorrected',
      `Wrote the DNS records of private endpoint ${endpoint.name} again.`,
    );
  }
  return wait;
}

function isFinished({ provisioningState }: ZoneGroup): boolean {
  return provisioningState === 'Succeeded' || provisioningState === 'Failed';
}

function groupIsWhole(group: ZoneGroup, zones: readonly PrivateZone[]): boolean {
  const wanted = new Set(zones.map(({ id }) => idKey(id)));
  const present = group.zones.map(({ zoneId: id }) => idKey(id));
  return (
    group.provisioningState === 'Succeeded' &&
    present.length === wanted.size &&
    present.every((id) => wanted.has(id))
  );
}

/** The A records that stand in the zones. */
async function presentRecords(pass: Pass, group: ZoneGroup): Promise<ZoneGroup['zones']> {
  const present: ZoneGroup['zones'] = [];
  for (const { zoneId: id } of group.zones)
    present.push({ zoneId: id, records: await pass.azure.listRecords(id) });
  return present;
}

function isEmpty(group: ZoneGroup): boolean {
  return group.zones.every(({ records }) => records.length === 0);
}

/** Every record of the group, and every name that the endpoint still tells, stands in its zone. */
function recordsAreThere(
  pass: Pass,
  group: ZoneGroup,
  present: ZoneGroup['zones'],
  endpoint: PrivateEndpoint,
): boolean {
  const names = new Set(present.flatMap(({ records }) => records.map(({ fqdn }) => publicName(fqdn))));
  const belongs = (fqdn: string): boolean =>
    pass.zoneNames.some((zone) => fqdn.endsWith(`.${publicName(zone)}`));
  const told = endpoint.dnsConfigs.map(({ fqdn }) => fqdn.toLowerCase()).filter(belongs);
  if (!told.every((fqdn) => names.has(fqdn))) return false;
  return group.zones.every(({ records }, index) => {
    const found = new Map(
      present[index]?.records.map(({ name, addresses }) => [name.toLowerCase(), addresses.join()]),
    );
    return records.every(({ name, addresses }) => found.get(name.toLowerCase()) === addresses.join());
  });
}
