import { describe, expect, it } from '@jest/globals';
import { ownIdentity } from './own-identity.ts';

const ids = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client' };

describe("the operator's own identity", () => {
  it.each<[Record<string, string>, object]>([
    [{}, { kind: 'managedIdentity' }],
    [{ AZURE_CLIENT_ID: 'client' }, { kind: 'managedIdentity', clientId: 'client' }],
    [
      { ...ids, AZURE_CLIENT_SECRET: 's' },
      { kind: 'clientSecret', clientSecret: 's' },
    ],
    [
      { ...ids, AZURE_CLIENT_CERTIFICATE_PATH: '/c' },
      { kind: 'clientCertificateFile', path: '/c' },
    ],
    [
      { ...ids, AZURE_FEDERATED_TOKEN_FILE: '/t' },
      { kind: 'federatedTokenFile', path: '/t' },
    ],
  ])('with %j is as the variables say', (environment, credential) => {
    expect(ownIdentity(environment).credential).toMatchObject(credential);
  });

  it.each<[Record<string, string>, string]>([
    [ids, 'AZURE_FEDERATED_TOKEN_FILE (or AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH)'],
    [
      { AZURE_TENANT_ID: 'tenant' },
      'AZURE_FEDERATED_TOKEN_FILE (or AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH)',
    ],
    [{ AZURE_CLIENT_SECRET: 's', AZURE_CLIENT_ID: 'client' }, 'AZURE_TENANT_ID'],
    [{ AZURE_CLIENT_SECRET: 's', AZURE_TENANT_ID: 'tenant' }, 'AZURE_CLIENT_ID'],
    [{ ...ids, AZURE_CLIENT_ID: '', AZURE_FEDERATED_TOKEN_FILE: '/t' }, 'AZURE_CLIENT_ID'],
  ])("with %j is not silently the node's: it misses %s", (environment, missing) => {
    expect(ownIdentity(environment).credential).toMatchObject({ kind: 'incomplete', missing });
  });

  it('tells of a federated token even where the rest is missing', () => {
    expect(ownIdentity({ AZURE_FEDERATED_TOKEN_FILE: '/t' }).federated).toBe(true);
    expect(ownIdentity(ids).federated).toBe(false);
  });
});
