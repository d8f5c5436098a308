import { describe, expect, it } from '@jest/globals';
import { operationFailed, refused, treatments, type Treatment } from './errors.ts';
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
      'Throttled',
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
    ['a bad request that a proxy finds', 400, '<html>', 'Http400', 'waiting', true],
    ['an unknown conflict', 409, envelope('SomethingNew', 'no'), 'SomethingNew', 'waiting', true],
    [
      'a subscription that was not paid for',
      409,
      envelope('ReadOnlyDisabledSubscription', 'disabled'),
      'ReadOnlyDisabledSubscription',
      'waiting',
      true,
    ],
    [
      'a provider that is not registered',
      409,
      envelope('SubscriptionNotRegistered', 'no'),
      'SubscriptionNotRegistered',
      'waiting',
      true,
    ],
    [
      'a zone that others have linked',
      409,
      envelope('CannotDeleteResource', 'nested'),
      'CannotDeleteResource',
      'waiting',
      true,
    ],
    ['a 404 of nobody knows what', 404, '', 'Http404', 'transient', false],
    ['a 404 of Azure', 404, envelope('InvalidResourceType', 'no'), 'InvalidResourceType', 'waiting', true],
  ])('%s', (_, status, body, reason, kind, stalls) => {
    expect(refused({ status, body, operation: 'PUT x y' })).toMatchObject({ status, reason, kind, stalls });
  });

  it('names the policy that refuses', () => {
    const body = envelope('RequestDisallowedByPolicy', 'no', {
      additionalInfo: [{ type: 'PolicyViolation', info: { policyAssignmentId: '/policy/1' } }],
    });
    expect(refused({ status: 403, body, operation: 'PUT x y' }).message).toContain('/policy/1');
  });

  const message = (status: number, body: string, more: object = {}): string =>
    refused({ status, body, operation: 'PUT x y', ...more }).message;

  it('is one line of bearable length, the advice at its end whole', () => {
    const text = message(403, envelope('AuthorizationFailed', `a\n${'b'.repeat(5000)}`));
    expect(text).not.toContain('\n');
    expect(text.length).toBeLessThanOrEqual(700);
    expect(text).toMatch(/minutes to work\.$/);
  });

  it('hides and reverses nothing: control and formatting characters are gone', () => {
    const text = message(400, envelope('X', 'a\u001b[31mb\u202ec\u200bd\u2028e\u0007f\rg'));
    expect(text).toBe('PUT x y: a [31mb c d e f g.');
    expect(message(429, envelope('RetryableError', 'a\tb\u0000c'))).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('says the same at every try, whatever passes: times, ids of requests, addresses of operations', () => {
    const guids = ['1', '2'].map((digit) => `${digit.repeat(8)}-0000-0000-0000-000000000000`);
    const texts: ((guid: string, index: number) => [number, string])[] = [
      (_, index) => [
        429,
        envelope('SubscriptionRequestsThrottled', `try again after '${index + 5}' seconds.`),
      ],
      (guid, index) => [
        429,
        envelope('RetryableError', 'A retryable error occurred.', {
          details: [
            {
              code: 'RetryableErrorDueToAnotherOperation',
              message: `Operation Put (${guid}) is updating resource /v. The call can be retried in ${index + 5} seconds.`,
            },
          ],
        }),
      ],
      (guid) => [
        409,
        envelope(
          'AnotherOperationInProgress',
          `Another operation is in progress. To retrieve status of the operation use uri: https://management.azure.com/operations/${guid}?api-version=1.`,
        ),
      ],
      (guid) => [409, envelope('Conflict', `No. Tracking ID: '${guid}'`)],
    ];
    for (const text of texts) {
      const [one, other] = guids.map((guid, index) => message(...text(guid, index)));
      expect(one).toBe(other);
    }
  });

  it('names what is in the way where Azure does', () => {
    const nested = "'Microsoft.Network/privateDnsZones/a.b/virtualNetworkLinks/theirs'";
    expect(message(409, envelope('CannotDeleteResource', `nested resources exist: ${nested}`))).toContain(
      nested,
    );
    const details = [
      { code: 'ReferencedResourceNotProvisioned', message: 'Cannot proceed: /vnet is Updating.' },
    ];
    expect(message(429, envelope('RetryableError', 'A retryable error occurred.', { details }))).toBe(
      'PUT x y: A retryable error occurred. ReferencedResourceNotProvisioned: Cannot proceed: /vnet is Updating.',
    );
  });

  it('keeps for the log by what support finds the request, and not in the message', () => {
    const error = refused({
      status: 403,
      body: envelope('AuthorizationFailed', 'no'),
      operation: 'PUT x y',
      requestId: 'request-1',
      correlationId: 'correlation-1',
    });
    expect(error).toMatchObject({ requestId: 'request-1', correlationId: 'correlation-1' });
    expect(error.message).not.toContain('-1');
  });

  it('says when to come back as Azure said it', () => {
    const body = envelope('ServerTimeout', 'busy');
    expect(refused({ status: 503, body, operation: 'x', retryAfterMs: 303_000 }).retryAfterMs).toBe(303_000);
    const retryable = envelope('RetryableError', 'busy');
    expect(refused({ status: 429, body: retryable, operation: 'x', retryAfterMs: 12_000 })).toMatchObject({
      reason: 'RetryableError',
      retryAfterMs: 12_000,
    });
    expect(refused({ status: 409, body: envelope('New', 'no'), operation: 'x' }).retryAfterMs).toBe(60_000);
  });

  it('says what else a provider that Azure does not find can mean, with a command that fits', () => {
    const asked = { namespace: 'Microsoft.HybridCompute', subscription: 's-1' };
    const text = message(400, envelope('NoRegisteredProviderFound', 'none'), { asked });
    expect(text).toMatch(/not registered.*cloud or region.*version of its API/);
    expect(text).toMatch(/az provider register --subscription s-1 --namespace Microsoft\.HybridCompute$/);
  });

  it('never tells to change a field that cannot be changed without saying what to make anew', () => {
    const asked = { namespace: '', subscription: '' };
    const all = Object.values<Treatment>(treatments).map(({ advice = '' }) =>
      typeof advice === 'string' ? advice : advice(asked),
    );
    const fixed = /\b(resourceGroup|subnetId|location|azureName|scopeRef|subscriptionId|correct)\b/i;
    expect(all.filter((advice) => fixed.test(advice) && !/\banew\b/.test(advice))).toEqual([]);
    expect(treatments.ResourceGroupNotFound.advice).toMatch(/anew/);
  });
});

describe('an operation that failed after it had been accepted', () => {
  it.each<[string, string, boolean, number | undefined]>([
    ['SomethingUnheardOf', 'waiting', true, 60_000],
    ['Failed', 'waiting', true, 60_000],
    ['Canceled', 'waiting', true, 5_000],
    ['InternalServerError', 'transient', false, undefined],
    ['ReferencedResourceNotProvisioned', 'waiting', false, 5_000],
    ['PreconditionFailed', 'waiting', false, 5_000],
  ])('with %s is %s, and a person is told when it stays: %s', (code, kind, stalls, retryAfterMs) => {
    const error = operationFailed('PUT private endpoint hub', code, 'It went wrong.');
    expect(error).toMatchObject({ reason: code, kind, stalls, retryAfterMs });
    expect(error.message).toContain('PUT private endpoint hub: It went wrong.');
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
    expect(parseResourceId(id.replace('/v/', '/../'))).toBeUndefined();
  });

  it('and locations are compared as Azure does', () => {
    expect(sameId('/Subscriptions/A/resourcegroups/B/', '/subscriptions/a/resourceGroups/b')).toBe(true);
    expect(sameId(undefined, undefined)).toBe(false);
    expect(sameLocation('West Europe', 'westeurope')).toBe(true);
  });
});
