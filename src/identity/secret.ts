import { fault } from '../api/reasons.ts';
import type { OperatorError } from '../base/errors.ts';

/**
 * What a credentials Secret says, by Azure Service Operator's keys, so that its Secrets work unchanged
 * (https://azure.github.io/azure-service-operator/guide/authentication/credential-format/).
 */
export type SecretCredential =
  | { kind: 'clientSecret'; tenantId: string; clientId: string; clientSecret: string }
  | { kind: 'clientCertificate'; tenantId: string; clientId: string; certificate: string; password?: string }
  | { kind: 'workloadIdentity'; tenantId: string; clientId: string; serviceAccountName: string }
  | { kind: 'managedIdentity'; clientId: string };

/** Keys that would choose where a token is sent: that is the operator's to decide, never an object's author's. */
const endpointKeys = [
  'AZURE_AUTHORITY_HOST',
  'AZURE_RESOURCE_MANAGER_ENDPOINT',
  'AZURE_RESOURCE_MANAGER_AUDIENCE',
] as const;

/** Any of these says that a Secret is meant for this operator. */
const ownKeys = [
  'AZURE_TENANT_ID',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE',
  'AUTH_MODE',
  ...endpointKeys,
];

/** Whether a Secret is one of Azure credentials at all, complete or not. */
export function looksLikeCredentials(data: Readonly<Record<string, string>>): boolean {
  return ownKeys.some((key) => data[key] !== undefined);
}

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const tenant = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/;

/**
 * Reads the Secret's data (base64, as the API gives it). `name` is `namespace/name`, for the messages; no message
 * ever holds a value. Throws a stalled `InvalidCredentials`: only a person can mend a Secret.
 */
export function readSecret(name: string, data: Readonly<Record<string, string>>): SecretCredential {
  const value = (key: string): string =>
    Buffer.from(data[key] ?? '', 'base64')
      .toString('utf8')
      .trim();
  const endpoint = endpointKeys.find((key) => data[key] !== undefined);
  if (endpoint !== undefined) {
    throw invalid(
      name,
      `has the key ${endpoint}, which only the operator's own environment may set; remove it`,
    );
  }
  const mode = value('AUTH_MODE').toLowerCase();
  const clientId = required(name, 'AZURE_CLIENT_ID', value, guid);
  if (mode === 'podidentity') return { kind: 'managedIdentity', clientId };
  const tenantId = required(name, 'AZURE_TENANT_ID', value, tenant);
  if (mode === 'workloadidentity') {
    const serviceAccountName = required(name, 'serviceAccountName', value);
    return { kind: 'workloadIdentity', tenantId, clientId, serviceAccountName };
  }
  if (mode !== '') throw invalid(name, 'has an AUTH_MODE other than workloadidentity and podidentity');
  return withKey(name, tenantId, clientId, value);
}

function withKey(
  name: string,
  tenantId: string,
  clientId: string,
  value: (key: string) => string,
): SecretCredential {
  const certificate = value('AZURE_CLIENT_CERTIFICATE');
  if (certificate !== '') {
    if (!certificate.includes('-----BEGIN')) {
      throw invalid(name, 'has an AZURE_CLIENT_CERTIFICATE that is not PEM (certificate and private key)');
    }
    const password = value('AZURE_CLIENT_CERTIFICATE_PASSWORD');
    const common = { kind: 'clientCertificate', tenantId, clientId, certificate } as const;
    return password === '' ? common : { ...common, password };
  }
  const clientSecret = value('AZURE_CLIENT_SECRET');
  if (clientSecret !== '') return { kind: 'clientSecret', tenantId, clientId, clientSecret };
  throw invalid(name, 'has neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE nor AUTH_MODE; add one');
}

function required(name: string, key: string, value: (key: string) => string, pattern?: RegExp): string {
  const found = value(key);
  if (found === '') throw invalid(name, `lacks the key ${key}; add it`);
  if (pattern && !pattern.test(found)) throw invalid(name, `has a malformed ${key}`);
  return found;
}

function invalid(name: string, what: string): OperatorError {
  return fault('InvalidCredentials', `Secret ${name} ${what}.`);
}
