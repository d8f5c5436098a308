import { AsyncLocalStorage } from 'node:async_hooks';
import { readFile } from 'node:fs/promises';
import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { authenticationError, type Seen } from './authentication-errors.ts';
import type { Cloud } from './clouds.ts';
import type { Credential } from './credentials.ts';
import type { TokenSource } from './tokens.ts';
import type { Clock } from '../base/clock.ts';

export interface SignInOptions {
  cloud: Cloud;
  clock: Pick<Clock, 'now'>;
  /** Replaces the network, for tests. */
  httpClient?: HttpClient;
}

/** One for the process: its connections are kept alive. */
const network = createDefaultHttpClient();

/**
 * Tokens from Microsoft Entra ID by @azure/identity. Its credentials keep tokens and files of their own, and hand out
 * again what Azure has just refused: so each request has one to itself, which reads certificate and token files anew.
 */
export function signIn(credential: Credential, options: SignInOptions): TokenSource {
  return async ({ signal, claims }) => {
    const seen: Seen = {};
    const { cloud, httpClient = network } = options;
    try {
      const sdk = await sdkCredential(credential, cloud, seen);
      const request = { enableCae: true, ...(claims === undefined ? {} : { claims }) };
      const token = await underWay.run({ seen, signal, httpClient }, () =>
        sdk.getToken(cloud.tokenScope, request),
      );
      if (token === null) throw new Error('no token in the answer');
      return token;
    } catch (error) {
      throw authenticationError(error, credential, seen, options.clock.now());
    }
  };
}

/**
 * The request that a call of the transport belongs to. One transport for all: MSAL keeps, in a static field, the first
 * that it is ever given for managed identities.
 */
const underWay = new AsyncLocalStorage<{ seen: Seen; signal: AbortSignal; httpClient: HttpClient }>();

/** Ends with the request's signal, for which the SDK has no way, and remembers what came of it. */
const transport: HttpClient = {
  async sendRequest(request) {
    const current = underWay.getStore();
    if (current === undefined) throw new Error('a token request of nobody');
    const { seen, signal, httpClient } = current;
    signal.throwIfAborted();
    request.abortSignal = signal;
    try {
      const answer = await httpClient.sendRequest(request);
      const retryAfter = answer.headers.get('retry-after');
      const { status, bodyAsText } = answer;
      seen.answer = { status, body: bodyAsText ?? '', ...(retryAfter === undefined ? {} : { retryAfter }) };
      return answer;
    } catch (error) {
      seen.fault = error;
      throw error;
    }
  },
};

async function sdkCredential(credential: Credential, cloud: Cloud, seen: Seen): Promise<TokenCredential> {
  const common = { httpClient: transport, retryOptions: { maxRetries: 0 } };
  const options = {
    ...common,
    authorityHost: cloud.authorityHost,
    // The authority is the operator's own setting: nobody needs to vouch for it, least of all in a private cloud.
    disableInstanceDiscovery: true,
  };
  const asserted = (tenantId: string, clientId: string, assertion: string): TokenCredential => {
    if (assertion === '') throw new Error('an empty assertion');
    seen.assertion = assertion;
    return new ClientAssertionCredential(tenantId, clientId, () => Promise.resolve(assertion), options);
  };
  switch (credential.kind) {
    case 'clientSecret': {
      const { tenantId, clientId, clientSecret } = credential;
      return new ClientSecretCredential(tenantId, clientId, clientSecret, options);
    }
    case 'clientCertificate': {
      const { tenantId, clientId, certificate, password } = credential;
      const pem = { certificate, ...(password === undefined ? {} : { certificatePassword: password }) };
      return new ClientCertificateCredential(tenantId, clientId, pem, options);
    }
    case 'clientCertificateFile': {
      const { tenantId, clientId, path } = credential;
      const certificate = await readFile(path, 'utf8');
      return new ClientCertificateCredential(tenantId, clientId, { certificate }, options);
    }
    case 'workloadIdentity': {
      const { tenantId, clientId, getAssertion } = credential;
      return asserted(tenantId, clientId, await getAssertion());
    }
    case 'federatedTokenFile': {
      const { tenantId, clientId, path } = credential;
      return asserted(tenantId, clientId, (await readFile(path, 'utf8')).trim());
    }
    case 'managedIdentity': {
      // Beside a federated token file the SDK would exchange that for whatever client id: the resolver refuses before.
      const { clientId } = credential;
      return new ManagedIdentityCredential({ ...common, ...(clientId === undefined ? {} : { clientId }) });
    }
  }
}
