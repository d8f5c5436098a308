import type { Concern } from '../../engine/concern.ts';
import type { ScopeAction } from '../actions.ts';
import type { Seen } from '../seen.ts';
import { listed, nothing, working } from '../verdicts.ts';

/** Deletion, stage (c): the associations that are being deleted have released their servers, and none points here. */
export const servers: Concern<Seen, ScopeAction> = {
  name: 'servers',
  gatesReady: true,
  decide(seen) {
    const { terminating } = seen.associations;
    const wait = { reason: 'Deleting', watch: seen.servers.keys, lookAgainMs: 15_000 } as const;
    if (terminating.length > 0) {
      const message = `Waiting until the associations have released their servers: ${listed(terminating)}.`;
      return { verdict: working(message, { ...wait, watch: [] }), planned: nothing };
    }
    const { leaving } = seen.servers;
    if (leaving.length > 0)
      return {
        verdict: working(`Waiting until these servers have left: ${listed(leaving)}.`, wait),
        planned: nothing,
      };
    return { verdict: { is: 'ready', message: 'No server points to the scope.' }, planned: nothing };
  },
};
