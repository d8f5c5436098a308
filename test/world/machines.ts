import type { Machine } from '../../src/azure/types.ts';
import type { Fault } from '../../src/base/errors.ts';

/** Servers as the operator sees them, for tests of pure decisions. */
export const nowMs = Date.UTC(2026, 0, 1, 12);
export const windowMs = 900_000;
export const ownScope =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.HybridCompute/privateLinkScopes/own';
export const strangeScope = ownScope.replace(/own$/, 'strange');
export const formerScope = ownScope.replace(/own$/, 'former');

/** Why something cannot be seen, where it does not matter why. */
export const fault: Fault = {
  kind: 'waiting',
  reason: 'No',
  message: 'no',
  retryAfterMs: undefined,
  stalls: true,
};

export function machineId(name: string): string {
  return `/subscriptions/s/resourceGroups/g/providers/Microsoft.HybridCompute/machines/${name}`;
}

export function machineNamed(name: string, more: Partial<Machine> = {}): Machine {
  return {
    id: machineId(name),
    name,
    subscriptionId: 's',
    resourceGroup: 'g',
    location: 'westeurope',
    tags: {},
    vmId: 'v1',
    status: 'Connected',
    provisioningState: 'Succeeded',
    ...more,
  };
}

/** So many milliseconds ago, as entries have it. */
export function ago(milliseconds: number): string {
  return new Date(nowMs - milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
