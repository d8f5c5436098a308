import { describe, expect, it } from '@jest/globals';
import { refused } from './errors.ts';
import { parseResourceId, resourceId, sameId, sameLocation } from './ids.ts';

const envelope = (code: string, message: string, more: object = {}): string =>
  JSON.stringify({ error: { code, message, ...more } });

describe("an answer of Azure's that is not a success", () => {
  it.each<[string, number, string, string, string, boolean]>([
    [
      'a missing right',
      403,
      envelope('AuthorizationFailed', "no authorization to perform action 'a/write'"),
      'AuthorizationFailed',
      'waiting',
      true,
    ],
    [
      'a policy',
      403,
      envelope('RequestDisallowedByPolicy', 'no'),
      'RequestDisallowedByPolicy',
      'stalled',
      false,
    ],
    ['a lock', 409, envelope('ScopeLocked', 'locked'), 'ScopeLocked', 'stalled', false],
    [
      'another operation',
      409,
      envelope('AnotherOperationInProgress', 'busy'),
      'AnotherOperationInProgress',
      'waiting',
      false,
    ],
    [
      'a busy neighbour',
      429,
      envelope('RetryableError', 'busy', { details: [{ code: 'ReferencedResourceNotProvisioned' }] }),
      'RetryableError',
      'waiting',
      false,
    ],
    [
      'a limit, as plain text',
      429,
      "limit of allowed 'GetOperationStatus' API calls",
      'TooManyRequests',
      'waiting',
      false,
    ],
    [
      'an error without an envelope',
      412,
      JSON.stringify({ code: 'PreconditionFailed', message: 'etag' }),
      'PreconditionFailed',
      'waiting',
      false,
    ],
    ['a fault', 503, '<html>', 'Http503', 'transient', false],
    ['an unknown bad request', 400, envelope('SomethingNew', 'bad'), 'SomethingNew', 'stalled', false],
  ])('%s', (_, status, body, reason, kind, stalls) => {
    expect(refused({ status, body, operation: 'PUT x y' })).toMatchObject({ status, reason, kind, stalls });
  });

  it('names the policy that refuses', () => {
    const body = envelope('RequestDisallowedByPolicy', 'no', {
      additionalInfo: [{ type: 'PolicyViolation', info: { policyAssignmentId: '/policy/1' } }],
    });
    expect(refused({ status: 403, body, operation: 'PUT x y' }).message).toContain('/policy/1');
  });

  it('is one line of bearable length', () => {
    const { message } = refused({
      status: 400,
      body: envelope('X', `a\n${'b'.repeat(5000)}`),
      operation: 'PUT x y',
    });
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThanOrEqual(1000);
  });
});

describe('ARM ids', () => {
  it('are taken apart and put together', () => {
    const id = resourceId('s', 'g', 'Microsoft.Network/virtualNetworks/subnets', 'v', 'n');
    expect(id).toBe(
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n',
    );
    expect(parseResourceId(id)).toEqual({
      subscriptionId: 's',
      resourceGroup: 'g',
      type: 'Microsoft.Network/virtualNetworks/subnets',
      names: ['v', 'n'],
    });
    expect(parseResourceId('/subscriptions/s/resourceGroups/g')).toBeUndefined();
  });

  it('and locations are compared as Azure does', () => {
    expect(sameId('/Subscriptions/A/resourcegroups/B/', '/subscriptions/a/resourceGroups/b')).toBe(true);
    expect(sameId(undefined, undefined)).toBe(false);
    expect(sameLocation('West Europe', 'westeurope')).toBe(true);
  });
});
