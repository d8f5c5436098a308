import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createSecretRelease } from './release.ts';
import { createIdentities, type IdentityOptions, type OperatorIdentity, type Principal } from './resolver.ts';
import { secrets, serviceAccounts } from './resources.ts';
import { createAzure } from '../azure/azure.ts';
import { cloudOf } from '../azure/clouds.ts';
import type { Credential } from '../azure/credentials.ts';
import type { Azure } from '../azure/types.ts';
import type { CloudName } from '../base/cloud-name.ts';
import type { OperatorError } from '../base/errors.ts';
import { silentLogger } from '../base/log.ts';
import { noMetrics } from '../base/metrics.ts';
import { KubernetesError } from '../runtime/client.ts';
import { AzureWorld } from '../../test/world/azure/world.ts';
import { worldHttpClient } from '../../test/world/azure/http-client.ts';
import { plant } from '../../test/world/azure/seed.ts';
import { settled, VirtualClock } from '../../test/world/clock.ts';
import { FakeKubernetes } from '../../test/world/kubernetes/fake.ts';
import { secretData, seededRandom } from '../../test/world/laboratory.ts';
import { smallSeed, subscription } from '../../test/world/small-seed.ts';

const name = 'arc-private-link-credentials';
const none: OperatorIdentity = { credential: { kind: 'managedIdentity' }, federated: false, namespaces: [] };
const everyone = { ...none, namespaces: ['*'] };
const azureOf = (cloud: CloudName) =>
  cloudOf({
    cloud,
    authorityHost: undefined,
    resourceManagerEndpoint: undefined,
    resourceManagerAudience: undefined,
  });

const object = (
  namespace: string,
  more: { secret?: string; deleting?: boolean; observed?: boolean } = {},
): Principal => ({
  apiVersion: 'v1',
  kind: 'Object',
  metadata: {
    namespace,
    name: 'object',
    ...(more.observed ? {} : { finalizers: ['arcprivatelink.io/finalizer'] }),
    ...(more.deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
  },
  spec: more.secret === undefined ? {} : { credentialsSecretRef: { name: more.secret } },
});

describe('whose identity acts for an object', () => {
  let clock: VirtualClock;
  let kubernetes: FakeKubernetes;
  let connected: Credential[];
  beforeEach(() => {
    clock = new VirtualClock();
    kubernetes = new FakeKubernetes({ clock });
    connected = [];
  });

  const identities = (more: Partial<IdentityOptions> = {}) =>
    createIdentities({
      client: kubernetes,
      own: none,
      exchangeAudience: 'api://AzureADTokenExchange',
      connect(credential) {
        connected.push(credential);
        return { identity: String(connected.length) } as Azure;
      },
      ...more,
    });
  const put = async (namespace: string, values: Record<string, string>, secret = name): Promise<void> => {
    const key = { namespace, name: secret };
    const data = secretData(values);
    if ((await kubernetes.get(secrets, key)) === undefined)
      await kubernetes.create(secrets, { metadata: key, data });
    else await kubernetes.patch(secrets, key, { data });
  };
  it.each([
    ['outlives the object that it serves', false, ['arcprivatelink.io/finalizer']],
    ['is left as it is by an object that is only observed', true, undefined],
  ])('has a Secret that %s', async (_, observed, finalizers) => {
    await put('a', {
      AZURE_TENANT_ID: '11111111-1111-1111-1111-111111111111',
      AZURE_CLIENT_ID: '22222222-2222-2222-2222-222222222222',
      AZURE_CLIENT_SECRET: 'secret',
    });
    await identities().azureFor(object('a', { observed }));
    const secret = await kubernetes.get(secrets, { namespace: 'a', name });
    expect(secret?.metadata.finalizers).toEqual(finalizers);
  });

  const refusal = async (
    azure: Promise<unknown>,
  ): Promise<Pick<OperatorError, 'kind' | 'reason' | 'message'>> => {
    const { kind, reason, message } = await azure.then(
      () => ({ kind: 'stalled', reason: 'none', message: 'it was allowed' }) as const,
      (error: unknown) => error as OperatorError,
    );
    return { kind, reason, message };
  };

  it('is one connection for all Secrets with the same credential, so that they share its limits', async () => {
    await put('a', {});
    await put('b', {}, 'own');
    const { azureFor } = identities();
    expect(await azureFor(object('b', { secret: 'own' }))).toBe(await azureFor(object('a')));
    expect(connected).toHaveLength(1);
  });

  it('is never that of another Secret, were it of the same application with a wrong secret', async () => {
    await put('a', {});
    await put('b', { AZURE_CLIENT_SECRET: 'guessed' });
    const { azureFor } = identities();
    expect(await azureFor(object('b'))).not.toBe(await azureFor(object('a')));
    expect(
      connected.map((credential) => credential.kind === 'clientSecret' && credential.clientSecret),
    ).toEqual(['guessed', 'secret']);
  });

  it('of a rotated Secret is the new one, and the old one goes with its listings', async () => {
    const world = new AzureWorld({ clock, random: seededRandom() });
    plant(world, smallSeed);
    const { azureFor } = identities({ connect: (credential) => connectTo(world, credential) });
    await put('a', {});
    const old = await remembered(await azureFor(object('a')));
    for (const secret of ['second', 'third']) {
      await put('a', { AZURE_CLIENT_SECRET: secret });
      await azureFor(object('a'));
    }
    expect(await collected(old)).toBe(true);
  });

  it('of a Secret that no object uses any more is forgotten', async () => {
    const world = new AzureWorld({ clock, random: seededRandom() });
    plant(world, smallSeed);
    const { azureFor, forget } = identities({ connect: (credential) => connectTo(world, credential) });
    await put('a', {});
    const old = await remembered(await azureFor(object('a')));
    const release = createSecretRelease({ client: kubernetes, principals: () => [], forget });
    await release({ namespace: 'a', name }, { signal: new AbortController().signal, log: silentLogger });
    expect(await collected(old)).toBe(true);
  });

  it('of a Secret that is being deleted serves the deletion of objects and nothing else', async () => {
    await put('a', {});
    const { azureFor } = identities();
    await azureFor(object('a'));
    await kubernetes.delete(secrets, { namespace: 'a', name });
    expect(await refusal(azureFor(object('a')))).toMatchObject({
      kind: 'waiting',
      reason: 'SecretNotFound',
      message: expect.stringContaining('is being deleted'),
    });
    await expect(azureFor(object('a', { deleting: true }))).resolves.toBeDefined();
  });

  it('is told of a Secret that has nothing to do with Azure in the words for one that does not exist', async () => {
    const data = { password: Buffer.from('x').toString('base64') };
    await kubernetes.create(secrets, { metadata: { namespace: 'a', name: 'database' }, data });
    const { azureFor } = identities();
    const [foreign, absent] = await Promise.all(
      ['database', 'absent'].map((secret) => refusal(azureFor(object('a', { secret })))),
    );
    expect(foreign?.reason).toBe('SecretNotFound');
    expect(foreign?.message.replace('database', 'absent')).toBe(absent?.message);
    expect(absent?.message.length).toBeLessThanOrEqual(200);
  });

  it("is the operator's own without a Secret, never with one that is not complete", async () => {
    const { azureFor } = identities({ own: everyone });
    await azureFor(object('a'));
    expect(connected).toEqual([{ kind: 'managedIdentity' }]);
    await kubernetes.create(secrets, { metadata: { namespace: 'a', name }, data: {} });
    expect((await refusal(azureFor(object('a')))).reason).toBe('SecretNotFound');
    await kubernetes.patch(secrets, { namespace: 'a', name }, { data: { AZURE_TENANT_ID: 'YQ==' } });
    expect((await refusal(azureFor(object('a')))).reason).toBe('InvalidCredentials');
  });

  it("is not the node's where the operator's own lacks a variable, which is named", async () => {
    const credential = { kind: 'incomplete', missing: 'AZURE_CLIENT_ID', beside: 'AZURE_TENANT_ID' } as const;
    const { azureFor } = identities({ own: { ...everyone, credential } });
    const { kind, message } = await refusal(azureFor(object('a')));
    expect({ kind, message }).toEqual({
      kind: 'stalled',
      message: expect.stringContaining('AZURE_CLIENT_ID is not set'),
    });
    expect(connected).toEqual([]);
  });

  it("is never had by exchanging the operator's own token for any client id that a Secret names", async () => {
    await put('a', { AUTH_MODE: 'podidentity', AZURE_CLIENT_ID: '99999999-2222-2222-2222-222222222222' });
    await identities({ own: everyone }).azureFor(object('a'));
    expect(connected).toMatchObject([{ kind: 'managedIdentity' }]);
    for (const own of [{ ...everyone, federated: true }, none]) {
      const { azureFor } = identities({ own });
      expect((await refusal(azureFor(object('a')))).reason).toBe('OperatorIdentityNotAllowed');
    }
    expect(connected).toHaveLength(1);
  });

  describe('with workload identity', () => {
    beforeEach(async () => {
      await put('a', { AUTH_MODE: 'workloadidentity', serviceAccountName: 'arc' });
      await kubernetes.create(serviceAccounts, { metadata: { namespace: 'a', name: 'arc' } });
    });
    const assertion = async (more: Partial<IdentityOptions> = {}): Promise<string> => {
      await identities(more).azureFor(object('a'));
      const credential = connected.at(-1);
      if (credential?.kind !== 'workloadIdentity') throw new Error('expected workload identity');
      return await credential.getAssertion();
    };

    it.each<[CloudName, string]>([
      ['AzurePublic', 'api://AzureADTokenExchange'],
      ['AzureUSGovernment', 'api://AzureADTokenExchangeUSGov'],
      ['AzureChina', 'api://AzureADTokenExchangeChina'],
    ])('is a token of the ServiceAccount for the audience of %s', async (cloud, audience) => {
      const { exchangeAudience } = azureOf(cloud);
      const payload = (await assertion({ exchangeAudience })).split('.')[1] ?? '';
      expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
        sub: 'system:serviceaccount:a:arc',
        aud: [audience],
      });
    });

    it('is waited for while the API server does not answer, without blame for Entra ID', async () => {
      kubernetes.createSubresource = () => Promise.reject(new KubernetesError(503, '', 'unavailable'));
      expect(await refusal(assertion())).toMatchObject({
        kind: 'transient',
        reason: 'KubernetesUnavailable',
      });
    });
  });

  function connectTo(world: AzureWorld, credential: Credential): Azure {
    return createAzure({
      credential,
      cloud: azureOf('AzurePublic'),
      clock,
      log: silentLogger,
      metrics: noMetrics,
      userAgent: 'test',
      httpClient: worldHttpClient(world),
      signIn: () => () => Promise.resolve({ token: 'token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
    });
  }
});

/** Has it list the servers, and lets go of it. */
async function remembered(azure: Azure): Promise<WeakRef<object>> {
  const snapshot = await azure.machines(subscription, 0);
  expect(snapshot.machines.size).toBeGreaterThan(0);
  return new WeakRef(snapshot.machines);
}

async function collected(reference: WeakRef<object>): Promise<boolean> {
  setFlagsFromString('--expose-gc');
  // What a turn of the loop has seen lives as long as that turn.
  await settled();
  (runInNewContext('gc') as () => void)();
  return reference.deref() === undefined;
}
