import { fault } from '../../api/reasons.ts';
import { idKey } from '../../azure/ids.ts';
import type { Concern } from '../../engine/concern.ts';
import type { ScopeAction } from '../actions.ts';
import type { DesiredEndpoint } from '../desired.ts';
import { endpointState, isServing } from '../endpoint-state.ts';
import { externalGroup } from '../external.ts';
import { groupsKey } from '../keys.ts';
import type { Seen } from '../seen.ts';
import { failed, nothing, onItsWay, unreadable, worstOf } from '../verdicts.ts';
import { waitsOf, watchOf, type Part } from './part.ts';

/** The zone groups that others make for endpoints are there, with records (condition DNSReady). Nothing is ever written. */
export const externalGroups: Concern<Seen, ScopeAction> = {
  name: 'external groups',
  condition: 'DNSReady',
  gatesReady: true,
  decide(seen) {
    const all = seen.desired.endpoints
      .filter(({ external }) => external)
      .map((endpoint) => ({ endpoint, ...decideOne(seen, endpoint) }));
    const watch = watchOf(all);
    const worst = worstOf(
      all.flatMap(({ endpoint, trouble }) =>
        trouble === undefined ? [] : [{ name: endpoint.name, fault: trouble }],
      ),
    );
    if (worst !== undefined) return failed(worst, nothing, watch);
    const waits = onItsWay(waitsOf(all), watch);
    if (waits !== undefined) return { verdict: waits, planned: nothing };
    const [unread] = all.flatMap((one) => one.unread ?? []);
    if (unread !== undefined) return { verdict: unreadable(seen, 'DNSReady', unread), planned: nothing };
    if (all.length === 0)
      return { verdict: { is: 'ready', message: 'None is asked for.' }, planned: nothing };
    const notes = all.flatMap(({ endpoint }) => noteOf(seen, endpoint));
    const message = ['The zone groups that others make are there.', ...notes].join(' ');
    // Told before what the concerns of zones have to say.
    return { verdict: { is: 'ready', reason: 'Ready', message }, planned: nothing };
  },
};

function decideOne(seen: Seen, endpoint: DesiredEndpoint): Part {
  const { id, name } = endpoint;
  if (!isServing(endpointState(seen, endpoint)))
    return { waits: `Waiting for private endpoint ${name}`, planned: nothing };
  const found = externalGroup(seen, endpoint);
  const watch = [groupsKey(id)];
  switch (found.is) {
    case 'unread':
      return { unread: found.fault, planned: nothing };
    case 'there':
      return { planned: nothing };
    case 'working': {
      const waits = `Azure is at work on DNS zone group ${found.group.name} of private endpoint ${name}`;
      return { waits, planned: nothing, watch };
    }
    case 'none': {
      const message = `Nobody has made a DNS zone group for private endpoint ${name} yet (dns.mode: External); it is waited for. A policy may need a remediation task; or set dns.mode: Managed or Existing. See: az network private-endpoint dns-zone-group list --ids ${id}`;
      return { trouble: fault('WaitingForZoneGroup', message), planned: nothing, watch };
    }
    case 'lacksZones': {
      const message = `DNS zone group ${found.group.name} of private endpoint ${name} lacks the zones ${found.names.join(', ')}. Have whoever made it add them: az network private-endpoint dns-zone-group list --ids ${id}`;
      return { trouble: fault('WaitingForZoneGroup', message), planned: nothing, watch };
    }
  }
}

/** Azure allows one group: what was made here stays until another can take its place. */
function noteOf(seen: Seen, endpoint: DesiredEndpoint): string[] {
  const found = externalGroup(seen, endpoint);
  const held = seen.desired.holds ? [`Names of ${endpoint.name} cannot be held back: others make them.`] : [];
  if (found.is !== 'there' || seen.inventory.get(idKey(found.group.id))?.origin !== 'Created') return held;
  return [
    ...held,
    `That of ${endpoint.name} was made here and stays until another takes its place: az network private-endpoint dns-zone-group delete --ids ${found.group.id}`,
  ];
}
