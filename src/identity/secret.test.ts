import { describe, expect, it } from '@jest/globals';
import { OperatorError } from '../base/errors.ts';
import { readSecret } from './secret.ts';

const ids = {
  AZURE_TENANT_ID: '11111111-1111-1111-1111-111111111111',
  AZURE_CLIENT_ID: '22222222-2222-2222-2222-222222222222',
};

function read(values: Record<string, string>) {
  const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return readSecret('team/azure', Object.fromEntries(data) as Record<string, string>);
}

describe('a credentials Secret', () => {
  it('with a client secret is read as Azure Service Operator reads it', () => {
    expect(read({ ...ids, AZURE_CLIENT_SECRET: 's3cret\n', AZURE_SUBSCRIPTION_ID: 'ignored' })).toEqual({
      kind: 'clientSecret',
      tenantId: ids.AZURE_TENANT_ID,
      clientId: ids.AZURE_CLIENT_ID,
      clientSecret: 's3cret',
    });
  });

  it('with a certificate keeps its password', () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----';
    const values = { ...ids, AZURE_CLIENT_CERTIFICATE: certificate, AZURE_CLIENT_CERTIFICATE_PASSWORD: 'pw' };
    expect(read(values)).toMatchObject({ kind: 'clientCertificate', certificate, password: 'pw' });
  });

  it('for workload identity names a ServiceAccount', () => {
    const values = { ...ids, AUTH_MODE: 'workloadidentity', serviceAccountName: 'arc' };
    expect(read(values)).toMatchObject({ kind: 'workloadIdentity', serviceAccountName: 'arc' });
  });

  it.each<[string, Record<string, string>, string]>([
    ['without a tenant', { AZURE_CLIENT_ID: ids.AZURE_CLIENT_ID }, 'lacks the key AZURE_TENANT_ID'],
    ['without a secret', ids, 'neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE'],
    ['with an endpoint', { ...ids, AZURE_AUTHORITY_HOST: 'https://evil.example' }, 'AZURE_AUTHORITY_HOST'],
    ['with a path for a tenant', { ...ids, AZURE_TENANT_ID: 'x/../y' }, 'malformed AZURE_TENANT_ID'],
    ['with a PKCS #12 certificate', { ...ids, AZURE_CLIENT_CERTIFICATE: 'MIIK' }, 'not PEM'],
    ['with an unknown mode', { ...ids, AUTH_MODE: 'magic' }, 'AUTH_MODE'],
  ])('%s is refused with what to do and none of its values', (_, values, part) => {
    const attempt = (): unknown => read({ ...values, unrelated: 'top-secret' });
    expect(attempt).toThrow(OperatorError);
    expect(attempt).toThrow(part);
    expect(attempt).not.toThrow(/top-secret|evil|MIIK/);
  });
});
