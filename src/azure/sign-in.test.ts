import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createHttpHeaders,
  RestError,
  type HttpClient,
  type PipelineRequest,
} from '@azure/core-rest-pipeline';
import { cloudOf } from './clouds.ts';
import type { Credential } from './credentials.ts';
import { signIn } from './sign-in.ts';
import { systemClock } from '../base/clock.ts';
import { OperatorError } from '../base/errors.ts';
import { Entra } from '../../test/world/azure/entra.ts';
import { aborted, entraHttpClient } from '../../test/world/azure/http-client.ts';
import { startAzureServer } from '../../test/world/azure/server.ts';
import { AzureWorld } from '../../test/world/azure/world.ts';
import { seededRandom } from '../../test/world/laboratory.ts';
import { smallSeed } from '../../test/world/small-seed.ts';

const cloud = cloudOf({
  cloud: 'AzurePublic',
  authorityHost: undefined,
  resourceManagerEndpoint: undefined,
  resourceManagerAudience: undefined,
});
const tenantId = smallSeed.tenantId;
const clientId = '22222222-2222-2222-2222-222222222222';
const secret: Credential = { kind: 'clientSecret', tenantId, clientId, clientSecret: 'secret' };

/** One key and a certificate in name only: nobody here looks into it, its thumbprint is all that counts. */
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
function certificate(content: string): { pem: string; thumbprint: string } {
  const base64 = Buffer.from(content).toString('base64');
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n${privateKey}`,
    thumbprint: createHash('sha256').update(content).digest('base64url'),
  };
}

const jwt = (claims: object): string =>
  [{ alg: 'RS256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.') + '.signature';

describe('signing in with @azure/identity', () => {
  let entra: Entra;
  let folder: string;
  let tokens = 0;
  beforeEach(() => {
    entra = new Entra(smallSeed, systemClock, () => `token-${(tokens += 1)}`);
    entra.audience = cloud.tokenScope;
    folder = mkdtempSync(join(tmpdir(), 'sign-in-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const attempt = async (
    credential: Credential,
    more: { httpClient?: HttpClient; signal?: AbortSignal; claims?: string } = {},
  ): Promise<string> => {
    const { httpClient = entraHttpClient(entra), signal = new AbortController().signal, claims } = more;
    const source = signIn(credential, { cloud, clock: systemClock, httpClient });
    return (await source(claims === undefined ? { signal } : { signal, claims })).token;
  };
  const failure = async (...args: Parameters<typeof attempt>): Promise<OperatorError> => {
    const error = await attempt(...args).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error instanceof OperatorError) return error;
    throw new Error(`expected an OperatorError, not ${String(error)}`);
  };

  it('has another token each time, not again the one that Azure may just have refused', async () => {
    expect(await attempt(secret)).not.toBe(await attempt(secret));
  });

  it('hands on the claims that Azure demands', async () => {
    entra.demand({ nbf: { essential: true, value: '1' } });
    const token = await attempt(secret, {
      claims: '{"access_token":{"nbf":{"essential":true,"value":"1"}}}',
    });
    expect(entra.accepts(`Bearer ${token}`)).toBe(true);
    expect(entra.accepts(`Bearer ${await attempt(secret)}`)).toBe(false);
  });

  it('takes a renewed certificate file without a restart', async () => {
    const path = join(folder, 'certificate.pem');
    const [old, renewed] = [certificate('old'), certificate('renewed')];
    entra.register(clientId, renewed.thumbprint);
    const source: Credential = { kind: 'clientCertificateFile', tenantId, clientId, path };
    expect((await failure(source)).message).toContain('AZURE_CLIENT_CERTIFICATE_PATH is missing');
    writeFileSync(path, old.pem);
    expect((await failure(source)).message).toContain('AADSTS700027');
    writeFileSync(path, renewed.pem);
    expect(await attempt(source)).toMatch(/^token-/);
  });

  it('takes a renewed federated token file without a restart, and names what does not fit', async () => {
    const path = join(folder, 'token');
    const own: Credential = { kind: 'federatedTokenFile', tenantId, clientId, path };
    const fitting = {
      issuer: 'https://oidc',
      subject: 'system:serviceaccount:a:b',
      audience: cloud.exchangeAudience,
    };
    entra.trust(clientId, fitting);
    const exp = systemClock.now() / 1000 + 60;
    const present = (claims: object): void => {
      writeFileSync(
        path,
        `${jwt({ iss: fitting.issuer, sub: fitting.subject, aud: [fitting.audience], exp, ...claims })}\n`,
      );
    };
    for (const [claims, code, part] of [
      [{ iss: 'https://other' }, 'AADSTS700211', 'fits the issuer; add one with issuer https://other'],
      [{ sub: 'system:serviceaccount:a:c' }, 'AADSTS700213', 'subject system:serviceaccount:a:c'],
      [
        { aud: ['api://AzureADTokenExchangeChina'] },
        'AADSTS700212',
        'audience api://AzureADTokenExchangeChina',
      ],
    ] as const) {
      present(claims);
      const { reason, message } = await failure(own);
      expect({ reason, message }).toEqual({
        reason: 'AuthenticationFailed',
        message: expect.stringContaining(code),
      });
      expect(message).toContain(part);
    }
    present({});
    expect(await attempt(own)).toMatch(/^token-/);
  });

  it('says that the secret is wrong, with the trace id by which Microsoft finds the request, and without the secret', async () => {
    entra.revokeSecret(clientId, 'secret');
    const error = await failure({ ...secret, clientSecret: 's3cr3t' });
    expect(error).toMatchObject({ kind: 'waiting', reason: 'AuthenticationFailed', stalls: true });
    expect(error.message).toMatch(
      /AADSTS7000215.*client secret is wrong.* Trace 00000000-0000-0000-0001-000000000001\.$/,
    );
    expect(printed(error)).not.toContain('s3cr3t');
  });

  it('tells a certificate that cannot be used from a proxy that inspects TLS', async () => {
    const broken = { kind: 'clientCertificate', tenantId, clientId, certificate: '-----BEGIN x' } as const;
    expect(await failure(broken)).toMatchObject({ kind: 'stalled', reason: 'InvalidCredentials' });
    for (const [code, text] of [
      ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'],
      ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate'],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'],
    ] as const) {
      const httpClient = { sendRequest: () => Promise.reject(new RestError(text, { code })) };
      const error = await failure(secret, { httpClient });
      expect(error).toMatchObject({ kind: 'transient', reason: 'AuthenticationUnavailable' });
      expect(error.message).toContain(`(${code})`);
      expect(error.message).toContain('NODE_EXTRA_CA_CERTS');
    }
  });

  it('knows a proxy that inspects TLS by what the network really says', async () => {
    const world = new AzureWorld({ clock: systemClock, random: seededRandom() });
    const server = await startAzureServer({ world, seed: smallSeed });
    try {
      const source = signIn(secret, { cloud: { ...cloud, authorityHost: server.url }, clock: systemClock });
      const error = source({ signal: new AbortController().signal });
      await expect(error).rejects.toMatchObject({
        reason: 'AuthenticationUnavailable',
        message: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
      });
    } finally {
      await server.stop();
    }
  });

  it('is not fooled by a page of a proxy, and keeps to the Retry-After of a busy Entra ID', async () => {
    const page = answering(403, '<html>Blocked by policy</html>');
    expect((await failure(secret, { httpClient: page })).message).toContain('look at the proxy');
    const busy = answering(429, '{"error":"temporarily_unavailable"}', { 'retry-after': '77' });
    expect(await failure(secret, { httpClient: busy })).toMatchObject({
      kind: 'transient',
      retryAfterMs: 77_000,
    });
  });

  it.each<[string, () => Credential]>([
    ['a secret', () => secret],
    ['a managed identity', () => ({ kind: 'managedIdentity', clientId })],
  ])('asks once with %s, and lets go of the connection when it is given up', async (_, credential) => {
    const sent: PipelineRequest[] = [];
    const abort = new AbortController();
    const httpClient: HttpClient = {
      sendRequest(request) {
        sent.push(request);
        queueMicrotask(() => abort.abort());
        return aborted(request);
      },
    };
    const error = await failure(credential(), { httpClient, signal: abort.signal });
    expect(error.reason).toMatch(/^Authentication(Unavailable|Failed)$/);
    expect(sent).toHaveLength(1);
  });

  it('has a managed identity once its host answers again after a silence', async () => {
    const abort = new AbortController();
    const silent = { sendRequest: (request: PipelineRequest) => aborted(request) };
    const credential: Credential = { kind: 'managedIdentity', clientId };
    setImmediate(() => abort.abort());
    await failure(credential, { httpClient: silent, signal: abort.signal });
    const body = { access_token: 'of the host', expires_in: 3600, resource: '', token_type: 'Bearer' };
    expect(await attempt(credential, { httpClient: answering(200, JSON.stringify(body)) })).toBe(
      'of the host',
    );
  });

  it('says when the host has no such managed identity, at the first answer', async () => {
    const sent: string[] = [];
    const refusing = answering(404, '{"error":"invalid_request","error_description":"Identity not found"}');
    const httpClient: HttpClient = {
      sendRequest(request) {
        sent.push(request.url);
        return refusing.sendRequest(request);
      },
    };
    const absent = '99999999-2222-2222-2222-222222222222';
    const error = await failure({ kind: 'managedIdentity', clientId: absent }, { httpClient });
    expect(error).toMatchObject({ kind: 'waiting', reason: 'AuthenticationFailed' });
    expect(error.message).toContain(`No managed identity ${absent}`);
    expect(sent).toHaveLength(1);
  });
});

function answering(status: number, body: string, headers: Record<string, string> = {}): HttpClient {
  return {
    sendRequest: (request) =>
      Promise.resolve({ request, status, headers: createHttpHeaders(headers), bodyAsText: body }),
  };
}

/** All that a log could make of an error. */
function printed(error: Error): string {
  const { message, stack, cause } = error;
  return `${message} ${stack} ${JSON.stringify(error)} ${cause instanceof Error ? printed(cause) : ''}`;
}
