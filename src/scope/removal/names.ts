import type { Concern } from '../../engine/concern.ts';
import type { ScopeAction } from '../actions.ts';
import { takeDownGroups, takeDownLinks } from '../dismantle-names.ts';
import { together } from '../dismantle.ts';
import type { Seen } from '../seen.ts';
import { decideStage } from './stage.ts';

/**
 * Deletion, stage (b): names no longer resolve to the endpoints. When it is over, DNSReady is False with reason Removed:
 * that is what associations wait for before they release their servers.
 */
export const names: Concern<Seen, ScopeAction> = {
  name: 'names',
  condition: 'DNSReady',
  gatesReady: true,
  decide(seen) {
    const parts = together([
      ...[...seen.endpoints.values()].map((endpoint) => takeDownGroups(seen, endpoint)),
      ...[...seen.zones.values()].map((zone) => takeDownLinks(seen, zone, () => false)),
    ]);
    const message = 'Name resolution has been taken down, because the object is being deleted.';
    const decision = decideStage(seen, parts, message);
    if (decision.verdict.is !== 'ready') return decision;
    return { ...decision, verdict: { is: 'ready', as: 'False', reason: 'Removed', message } };
  },
};
