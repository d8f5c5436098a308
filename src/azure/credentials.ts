import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
  type AccessToken,
  type TokenCredential,
} from '@azure/identity';
import type { Cloud } from './clouds.ts';
import type { Clock } from '../base/clock.ts';
import { OperatorError, stalled, transient, waiting } from '../base/errors.ts';

/** A way to get tokens, as plain data. */
export type Credential =
  | { kind: 'clientSecret'; tenantId: string; clientId: string; clientSecret: string }
  | { kind: 'clientCertificate'; tenantId: string; clientId: string; certificate: string; password?: string }
  | { kind: 'clientCertificateFile'; tenantId: string; clientId: string; path: string }
  | { kind: 'workloadIdentity'; tenantId: string; clientId: string; getAssertion: () => Promise<string> }
  | { kind: 'federatedTokenFile'; tenantId: string; clientId: string; path: string }
  | { kind: 'managedIdentity'; clientId?: string };

/** The variables of @azure/identity's EnvironmentCredential and of workload identity. */
export interface CredentialEnvironment {
  tenantId: string | undefined;
  clientId: string | undefined;
  clientSecret: string | undefined;
  clientCertificatePath: string | undefined;
  federatedTokenFile: string | undefined;
}

/** The operator's own identity: what its environment names, else the managed identity of where it runs. */
export function ownCredential(environment: CredentialEnvironment): Credential {
  const { tenantId, clientId, clientSecret, clientCertificatePath, federatedTokenFile } = environment;
  if (tenantId && clientId) {
    if (federatedTokenFile)
      return { kind: 'federatedTokenFile', tenantId, clientId, path: federatedTokenFile };
    if (clientSecret) return { kind: 'clientSecret', tenantId, clientId, clientSecret };
    if (clientCertificatePath)
      return { kind: 'clientCertificateFile', tenantId, clientId, path: clientCertificatePath };
  }
  return clientId ? { kind: 'managedIdentity', clientId } : { kind: 'managedIdentity' };
}

/** `tenant/client`, for logs and metrics. */
export function identityName(credential: Credential): string {
  if (credential.kind === 'managedIdentity') return `managed/${credential.clientId ?? 'system'}`;
  return `${credential.tenantId}/${credential.clientId}`;
}

/** A token is used until so long before its end, in milliseconds. */
const tokenMarginMs = 300_000;

/**
 * The SDK's credential, its errors turned into sentences that name no secret. One token serves all clients of an
 * identity for its whole life: also when the Secret or ServiceAccount behind it goes away with its namespace.
 */
export function tokenCredential(
  credential: Credential,
  cloud: Cloud,
  clock: Pick<Clock, 'now'>,
): TokenCredential {
  const inner = sdkCredential(credential, cloud);
  let kept: AccessToken | undefined;
  return {
    async getToken(scopes, options) {
      // Claims are Azure's demand for a new token (continuous access evaluation).
      const fresh = kept !== undefined && kept.expiresOnTimestamp - tokenMarginMs > clock.now();
      if (fresh && options?.claims === undefined && kept !== undefined) return kept;
      try {
        const token = await inner.getToken(scopes, options);
        kept = token ?? undefined;
        return token;
      } catch (error) {
        throw operatorErrorIn(error) ?? authenticationError(error, identityName(credential));
      }
    },
  };
}

/** An assertion that could not be had has said why already; the SDK may have wrapped that. */
function operatorErrorIn(error: unknown): OperatorError | undefined {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof OperatorError) return inner;
  }
  return undefined;
}

function sdkCredential(credential: Credential, cloud: Cloud): TokenCredential {
  const options = {
    authorityHost: cloud.authorityHost,
    // The authority is the operator's own setting: nobody needs to vouch for it, least of all in a private cloud.
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
  };
  switch (credential.kind) {
    case 'clientSecret':
      return new ClientSecretCredential(
        credential.tenantId,
        credential.clientId,
        credential.clientSecret,
        options,
      );
    case 'clientCertificate': {
      const { certificate, password } = credential;
      const pem = { certificate, ...(password === undefined ? {} : { certificatePassword: password }) };
      return new ClientCertificateCredential(credential.tenantId, credential.clientId, pem, options);
    }
    case 'clientCertificateFile': {
      const file = { certificatePath: credential.path };
      return new ClientCertificateCredential(credential.tenantId, credential.clientId, file, options);
    }
    case 'workloadIdentity': {
      const { tenantId, clientId, getAssertion } = credential;
      return new ClientAssertionCredential(tenantId, clientId, getAssertion, options);
    }
    case 'federatedTokenFile': {
      const { tenantId, clientId, path } = credential;
      return new WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath: path });
    }
    case 'managedIdentity': {
      const { clientId } = credential;
      return clientId === undefined
        ? new ManagedIdentityCredential()
        : new ManagedIdentityCredential({ clientId });
    }
  }
}

/** What to do about the codes a person meets (learn: "Microsoft Entra authentication and authorization error codes"). */
const remedies: Record<string, string> = {
  AADSTS7000215: 'the client secret is wrong; put the value of a current secret (not its id) into the Secret',
  AADSTS7000222: 'the client secret has expired; make a new one and update the Secret',
  AADSTS700016: 'the application does not exist in the tenant; check AZURE_CLIENT_ID and AZURE_TENANT_ID',
  AADSTS90002: 'the tenant does not exist; check AZURE_TENANT_ID',
  AADSTS700027: 'the certificate is not registered with the application, or has expired',
  AADSTS70021: 'no federated identity credential matches the ServiceAccount; add one to the application',
};

export function authenticationError(error: unknown, identity: string): OperatorError {
  const text = error instanceof Error ? error.message : String(error);
  const code = /AADSTS\d+/.exec(text)?.[0];
  if (code !== undefined) {
    const remedy = remedies[code] ?? 'look the code up, and check the credentials';
    const message = `Microsoft Entra ID refuses identity ${identity} (${code}): ${remedy}.`;
    return waiting('AuthenticationFailed', message, { stalls: true, cause: error });
  }
  if (/ENOENT|no such file|PEM|certificate/i.test(text)) {
    const message = `The credentials of identity ${identity} cannot be used: the certificate or token file is missing or malformed.`;
    return stalled('AuthenticationFailed', message, { cause: error });
  }
  if (/managed ?identity|IMDS/i.test(text)) {
    const message = `No managed identity is available to the operator; give it credentials, or the namespace a Secret arc-private-link-credentials.`;
    return waiting('AuthenticationFailed', message, { stalls: true, cause: error });
  }
  return transient(
    'AuthenticationUnavailable',
    `Microsoft Entra ID gave no token for identity ${identity}.`,
    { cause: error },
  );
}
