import { sameId } from '../../azure/ids.ts';
import type { Concern } from '../../engine/concern.ts';
import type { ScopeAction } from '../actions.ts';
import type { DesiredEndpoint } from '../desired.ts';
import { linksKey } from '../keys.ts';
import { networkNotes } from '../preflight/network-notes.ts';
import { obstacleOf, wholeObstacle } from '../preflight/obstacles.ts';
import type { Seen } from '../seen.ts';
import { failed, nothing, unreadable, worstOf } from '../verdicts.ts';

/**
 * What stands in the way before anything is written (condition PreflightPassed): conflicts with other endpoints, subnets
 * that are missing or full, other scopes in a VNet, links to other zones. Each keeps only its own endpoint from being
 * made; look-ups that the identity may not make are notes.
 */
export const preflight: Concern<Seen, ScopeAction> = {
  name: 'preflight',
  condition: 'PreflightPassed',
  gatesReady: true,
  decide(seen) {
    const whole = wholeObstacle(seen);
    if (whole !== undefined) return failed(whole, nothing, [seen.desired.scopeId]);
    const obstacles = seen.desired.endpoints.flatMap((endpoint) => {
      const obstacle = obstacleOf(seen, endpoint);
      return obstacle === undefined ? [] : [{ endpoint, ...obstacle }];
    });
    const found = obstacles.filter(({ is }) => is === 'found');
    const worst = worstOf(found.map(({ endpoint: { name }, fault }) => ({ name, fault })));
    if (worst !== undefined)
      return failed(
        worst,
        nothing,
        found.flatMap(({ endpoint }) => watched(seen, endpoint)),
      );
    const [unread] = obstacles;
    if (unread !== undefined) {
      const what = `Private endpoint ${unread.endpoint.name}`;
      return { verdict: unreadable(seen, 'PreflightPassed', unread.fault, what), planned: nothing };
    }
    return {
      verdict: {
        is: 'ready',
        message: ['Nothing stands in the way.', ...seen.preflight.notes, ...networkNotes(seen)].join(' '),
      },
      planned: nothing,
    };
  },
};

/** What is worth reading again to find that the obstacle has gone. */
function watched(
  { preflight: { foreignLinks, neighbours } }: Seen,
  { networkId, dns }: DesiredEndpoint,
): string[] {
  const links = foreignLinks.filter((link) => dns?.networkIds.some((id) => sameId(id, link.networkId)));
  const beside = [...neighbours].filter(([id]) => sameId(id, networkId)).flatMap(([, found]) => found);
  return [
    networkId,
    ...links.map(({ zoneId }) => linksKey(zoneId)),
    ...beside.map(({ id }) => `${id} beside`),
  ];
}
