import { capital, type Concern } from '../../engine/concern.ts';
import type { ConditionType } from '../../api/conditions.ts';
import { nameOf } from '../../azure/ids.ts';
import { isOurs } from '../../domain/ownership.ts';
import type { PlannedCall, ScopeAction } from '../actions.ts';
import { endpointDrift, linkDrift, scopeDrift, zoneDrift } from '../drift.ts';
import { endpointState } from '../endpoint-state.ts';
import { scopeState } from '../scope-state.ts';
import { isBusy, zoneSeen, type Seen } from '../seen.ts';
import { withOverrides, working } from '../verdicts.ts';
import { wantedZones } from '../wanted.ts';
import { linkTo, zoneState } from '../zone-state.ts';

/**
 * What was changed behind the operator is put right; what counts as that is in ../drift.ts. A change that a policy undoes
 * leaves the condition True, with reason OverriddenByPolicy, and is tried again with growing pauses.
 */
function drift(
  name: string,
  condition: ConditionType,
  plan: (seen: Seen) => readonly PlannedCall[],
): Concern<Seen, ScopeAction> {
  return {
    name,
    condition,
    gatesReady: true,
    tellsRefusals: true,
    decide(seen) {
      const planned = plan(seen);
      const [first] = planned;
      if (first === undefined)
        return { verdict: { is: 'ready', message: 'Nothing was changed by others.' }, planned };
      const { because } = first;
      const rest = planned.length > 1 ? ` and ${planned.length - 1} more` : '';
      const verdict = working(`${capital(because)}${rest}.`);
      return withOverrides(seen, planned, verdict);
    },
  };
}

export const driftOfScope = drift('drift of the scope', 'ScopeReady', (seen) => {
  const state = scopeState(seen);
  return state.is === 'ours' && !isBusy(seen.scope) ? scopeDrift(seen, state.scope) : [];
});

export const driftOfEndpoints = drift('drift of endpoints', 'PrivateEndpointsReady', (seen) =>
  seen.desired.endpoints.flatMap((endpoint) => {
    const state = endpointState(seen, endpoint);
    // While Azure is at work on it, or when it is to be repeated or replaced, nothing else is changed.
    const isWhole = state.is === 'ours' && state.observed.provisioningState === 'Succeeded';
    return isWhole ? endpointDrift(seen, endpoint, state.observed) : [];
  }),
);

export const driftOfDns = drift('drift of DNS', 'DNSReady', (seen) =>
  wantedZones(seen).flatMap((zone) => {
    const state = zoneState(seen, zone);
    if (state.is !== 'ours' && state.is !== 'existing') return [];
    const links = zoneSeen(seen, zone.id)?.links;
    const linked = links === undefined || isBusy(links) ? [] : zone.dns.networkIds;
    const ours = linked
      .flatMap((networkId) => linkTo(seen, zone.id, networkId) ?? [])
      .filter(
        ({ tags, provisioningState }) =>
          isOurs(tags, seen.desired.owner) && provisioningState === 'Succeeded',
      );
    return [
      ...(state.is === 'ours' ? zoneDrift(seen, state.zone) : []),
      ...ours.flatMap((link) =>
        linkDrift(
          seen,
          zone.dns,
          link,
          `link of DNS zone ${zone.name} to VNet ${nameOf(link.virtualNetworkId)}`,
        ),
      ),
    ];
  }),
);
