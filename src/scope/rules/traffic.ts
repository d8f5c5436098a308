import type { SecurityRule } from '../../azure/types.ts';
import { privateNetworks } from '../../base/cidrs.ts';
import { coverAll, isAddress, notPublic, reachBeyond } from './addresses.ts';

/**
 * How much of what our rules allow (TCP from VirtualNetwork to port 443 of a service tag) another rule is about. Pure.
 * What a service tag holds is not known here: prefixes count as all of it only where they hold all public addresses.
 */
export type Share = 'whole' | 'part' | 'none';

export function shareOf(rule: SecurityRule, serviceTag: string): Share {
  return least([shareOfSource(rule), shareOfDestination(rule, serviceTag)]);
}

/** All that is asked of a rule but where its traffic goes to. */
export function shareOfSource(rule: SecurityRule): Share {
  if (!isSame(rule.direction, 'Outbound')) return 'none';
  return least([protocol(rule), ports(rule), sourcePorts(rule), sources(rule)]);
}

function least(shares: readonly Share[]): Share {
  if (shares.includes('none')) return 'none';
  return shares.includes('part') ? 'part' : 'whole';
}

function protocol(rule: SecurityRule): Share {
  return ['*', 'tcp'].includes(rule.protocol.toLowerCase()) ? 'whole' : 'none';
}

function ports({ destinationPorts }: SecurityRule): Share {
  return rangesOf(destinationPorts).some(([first, last]) => first <= 443 && 443 <= last) ? 'whole' : 'none';
}

/** Servers take any source port that is free. */
function sourcePorts({ sourcePorts: given }: SecurityRule): Share {
  if (given.length === 0) return 'whole';
  return rangesOf(given).some(([first, last]) => first <= 1024 && last >= 65_535) ? 'whole' : 'part';
}

/** `*`, `443` and `400-500`, also several in one text. */
function rangesOf(ranges: readonly string[]): [number, number][] {
  return ranges
    .flatMap((range) => range.split(','))
    .map((range) => {
      if (range.trim() === '*') return [0, 65_535];
      const [first = '', last = first] = range.split('-');
      return [Number(first), Number(last)];
    });
}

function sources({ sources: given, ofGroups }: SecurityRule): Share {
  if (ofGroups.sources) return 'part';
  if (given.some((one) => one === '*' || isSame(one, 'VirtualNetwork'))) return 'whole';
  const addresses = given.filter(isAddress);
  if (coverAll(addresses, privateNetworks)) return 'whole';
  return addresses.length > 0 ? 'part' : 'none';
}

export function shareOfDestination(
  { destinations, ofGroups }: Pick<SecurityRule, 'destinations' | 'ofGroups'>,
  serviceTag: string,
): Share {
  // Groups hold machines of VNets.
  if (ofGroups.destinations) return 'none';
  const names = destinations.map((one) => one.toLowerCase());
  const tag = serviceTag.toLowerCase();
  if (names.some((name) => wide.has(name) || name === tag || tag.startsWith(`${name}.`))) return 'whole';
  const addresses = names.filter(isAddress);
  if (coverAll([...addresses, ...notPublic])) return 'whole';
  const regional = names.some((name) => name.startsWith(`${tag}.`) || name.startsWith('azurecloud.'));
  return regional || reachBeyond(addresses, notPublic) ? 'part' : 'none';
}

/** Tags that hold all services of Azure (learn: "Virtual network service tags"). */
const wide: ReadonlySet<string> = new Set(['*', 'internet', 'azurecloud']);

export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Whether the rule allows exactly what ours would, whatever its name, priority and description. */
export function allowsTheSame(rule: SecurityRule, serviceTag: string): boolean {
  const only = (values: readonly string[], value: string): boolean =>
    values.length === 1 && isSame(values[0] ?? '', value);
  return (
    isSame(rule.direction, 'Outbound') &&
    isSame(rule.access, 'Allow') &&
    isSame(rule.protocol, 'Tcp') &&
    only(rule.sources, 'VirtualNetwork') &&
    only(rule.sourcePorts, '*') &&
    only(rule.destinations, serviceTag) &&
    only(rule.destinationPorts, '443') &&
    !rule.ofGroups.sources &&
    !rule.ofGroups.destinations
  );
}
