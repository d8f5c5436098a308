import { findCondition } from '../runtime/conditions.ts';
import { stalled, waiting } from '../base/errors.ts';
import { idKey, nameOf, sameId } from '../azure/ids.ts';
import { ready, type Pass, type StepResult } from './context.ts';
import { conflictWithin, conflictWithOthers } from './conflicts.ts';
import type { DesiredEndpoint } from './desired.ts';
import { checkAddresses, checkLinks, checkOtherScopes } from './preflight-azure.ts';

/**
 * Finds what stands in the way before anything is written (condition PreflightPassed). What other objects and Azure
 * already have is only looked up anew when the spec has changed or the last look found something.
 */
export async function preflight(pass: Pass): Promise<StepResult> {
  const { desired, object, deps } = pass;
  const conflict =
    conflictWithin(desired) ?? conflictWithOthers(object, deps.scopes.list(), deps.settings.ownerId);
  if (conflict !== undefined) throw stalled(conflict.reason, conflict.message);
  for (const endpoint of desired.endpoints) await readNetwork(pass, endpoint);
  if (alreadyPassed(pass)) return ready(passedMessage(pass));
  const notes: string[] = [];
  for (const endpoint of desired.endpoints) {
    if ((await pass.azure.getEndpoint(endpoint.id)) !== undefined) continue;
    checkAddresses(pass, endpoint);
    notes.push(...(await checkOtherScopes(pass, endpoint)));
  }
  notes.push(...(await checkLinks(pass)));
  return ready([passedMessage(pass), ...new Set(notes)].join(' '));
}

function alreadyPassed(pass: Pass): boolean {
  const last = findCondition(pass.object.status?.conditions, 'PreflightPassed');
  return last?.status === 'True' && last.observedGeneration === pass.object.metadata.generation;
}

function passedMessage(pass: Pass): string {
  const last = findCondition(pass.object.status?.conditions, 'PreflightPassed');
  // The notes of the look that counts stay until the next one.
  return alreadyPassed(pass) && last !== undefined ? last.message : 'Nothing stands in the way.';
}

/** The endpoint's VNet, whose region becomes the endpoint's. */
async function readNetwork(pass: Pass, endpoint: DesiredEndpoint): Promise<void> {
  const network = await pass.azure.getVirtualNetwork(endpoint.networkId);
  if (network === undefined) {
    const message = `The VNet ${nameOf(endpoint.networkId)} of private endpoint ${endpoint.name} does not exist (${endpoint.networkId}). Create it, or correct subnetId.`;
    throw waiting('SubnetNotFound', message, { stalls: true });
  }
  if (!network.subnets.some(({ id }) => sameId(id, endpoint.subnetId))) {
    const message = `The VNet ${nameOf(network.id)} has no subnet ${nameOf(endpoint.subnetId)} for private endpoint ${endpoint.name}. Create it, or correct subnetId.`;
    throw waiting('SubnetNotFound', message, { stalls: true });
  }
  pass.networks.set(idKey(endpoint.networkId), network);
}
