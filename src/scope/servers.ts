import { AzureError } from '../azure/errors.ts';
import { sameId } from '../azure/ids.ts';
import type { Machine } from '../azure/types.ts';
import type { Pass } from './context.ts';

/** The servers that Azure shows in the scope, in its own subscription and those that its associations name. */
export async function serversInScope(pass: Pass, maxAgeMs: number): Promise<Machine[]> {
  const own = pass.object.spec.subscriptionId.toLowerCase();
  const named = pass.deps.associations
    .list(pass.object.metadata.namespace)
    .filter(({ spec }) => spec.scopeRef?.name === pass.object.metadata.name)
    .flatMap(({ spec }) => spec.machines.subscriptionIds ?? []);
  const servers: Machine[] = [];
  for (const subscription of new Set([
    own,
    ...named.map((id) => id.toLowerCase()),
    ...(await visible(pass)),
  ])) {
    const snapshot = await pass.azure.machines(subscription, maxAgeMs);
    servers.push(
      ...[...snapshot.machines.values()].filter(({ scopeId }) => sameId(scopeId, pass.desired.scopeId)),
    );
  }
  return servers;
}

/** Where servers of the scope may be as well, while it is being deleted. */
async function visible(pass: Pass): Promise<string[]> {
  if (pass.object.metadata.deletionTimestamp === undefined) return [];
  try {
    return await pass.azure.listSubscriptions();
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    return [];
  }
}

/** Counts them for the status. A count is not worth failing for: where servers cannot be listed it is left out. */
export async function countServers(pass: Pass): Promise<void> {
  try {
    pass.status.servers = (await serversInScope(pass, pass.deps.settings.machinePollIntervalMs)).length;
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    pass.log.debug({ reason: error.reason }, 'servers cannot be counted');
  }
}
