import { beforeEach, describe, expect, it } from '@jest/globals';
import { associations, scopes, slices } from '../../../src/api/resources.ts';
import type { ArcServerAssociation, ArcServerAssociationSlice } from '../../../src/api/types.ts';
import { KubernetesError, type Client } from '../../../src/runtime/client.ts';
import type { Key } from '../../../src/runtime/object.ts';
import { scopeObject } from '../objects.ts';
import { hub } from '../small-seed.ts';

/** What the operator relies on in Kubernetes. Runs on the fake and on the real API server. */
export function contract(name: string, connect: () => Promise<{ client: Client; namespace: string }>): void {
  describe(`the Kubernetes API as the operator uses it, on ${name}`, () => {
    let client: Client;
    let key: Key;
    let namespace: string;
    let serial = 0;

    beforeEach(async () => {
      ({ client, namespace } = await connect());
      serial += 1;
      key = { namespace, name: `object-${serial}` };
    });

    const fresh = (more: Partial<ArcServerAssociation['metadata']> = {}): ArcServerAssociation => ({
      apiVersion: 'arcprivatelink.io/v1alpha1',
      kind: 'ArcServerAssociation',
      metadata: { ...key, ...more },
      spec: {
        scopeRef: { name: 'scope' },
        machines: { selectionMode: 'All' },
      } as ArcServerAssociation['spec'],
    });
    const slice = (labels: Record<string, string>, suffix = ''): ArcServerAssociationSlice => ({
      apiVersion: 'arcprivatelink.io/v1alpha1',
      kind: 'ArcServerAssociationSlice',
      metadata: { namespace, name: `${key.name}${suffix}`, labels },
      machines: [],
    });
    const status = async (task: Promise<unknown>): Promise<number | undefined> =>
      await task.then(
        () => undefined,
        (error: unknown) => (error instanceof KubernetesError ? error.status : -1),
      );

    it('gives nothing for what does not exist', async () => {
      expect(await client.get(associations, key)).toBeUndefined();
      expect(await status(client.delete(associations, key))).toBeUndefined();
    });

    it('fills in defaults, uid, version and generation when an object is created', async () => {
      const created = await client.create(associations, fresh());
      expect(created.spec).toMatchObject({ conflictPolicy: 'Refuse', deletionPolicy: 'Disassociate' });
      expect(created.status).toEqual({ observedGeneration: -1 });
      expect(created.metadata).toMatchObject({
        generation: 1,
        uid: expect.any(String),
        resourceVersion: expect.any(String),
      });
      expect(await status(client.create(associations, fresh()))).toBe(409);
    });

    it('fills in defaults at every later write too, where lists grow and where fields are taken away', async () => {
      await client.create(scopes, { ...scopeObject({ privateEndpoints: [] }), metadata: { ...key } });
      const endpoint = { name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { resourceGroup: 'rg-dns' } };
      const spec = { privateEndpoints: [endpoint], deletionPolicy: null };
      const patched = await client.patch(scopes, key, { spec });
      expect(patched.spec.privateEndpoints?.[0]).toMatchObject({
        approval: 'Automatic',
        dns: { mode: 'Managed' },
      });
      expect(patched.spec.deletionPolicy).toBe('Delete');
    });

    it('drops fields that the schema does not know, of the status too', async () => {
      await client.create(associations, fresh());
      const write = async (): Promise<ArcServerAssociation> => {
        const patch = { status: { selected: 1, unknown: 1 } };
        return await client.patch(associations, key, patch, { subresource: 'status' });
      };
      const written = await write();
      expect(written.status).toEqual({ observedGeneration: -1, selected: 1 });
      expect(await write()).toEqual(written);
    });

    it('keeps the status apart: a patch of the object leaves it, a patch of it leaves the object', async () => {
      await client.create(associations, fresh());
      const one = await client.patch(
        associations,
        key,
        { status: { selected: 3 }, metadata: { labels: { a: 'b' } } },
        { subresource: 'status' },
      );
      expect(one.status).toMatchObject({ selected: 3 });
      expect(one.metadata.generation).toBe(1);
      const other = await client.patch(associations, key, {
        status: { selected: 9 },
        spec: { conflictPolicy: 'Move' },
      });
      expect(other.status).toMatchObject({ selected: 3 });
      expect(other.metadata.generation).toBe(2);
    });

    it('removes a field that a merge patch sets to null', async () => {
      await client.create(associations, fresh());
      await client.patch(
        associations,
        key,
        { status: { selected: 3, scope: 'x' } },
        { subresource: 'status' },
      );
      const patched = await client.patch(
        associations,
        key,
        { status: { scope: null } },
        { subresource: 'status' },
      );
      expect(patched.status).toEqual({ observedGeneration: -1, selected: 3 });
    });

    it('refuses a write that carries an old version or another uid', async () => {
      const created = await client.create(associations, fresh());
      await client.patch(associations, key, { metadata: { annotations: { a: '1' } } });
      const { resourceVersion } = created.metadata;
      expect(
        await status(
          client.patch(associations, key, { metadata: { resourceVersion, annotations: { a: '2' } } }),
        ),
      ).toBe(409);
      expect(await status(client.replace(associations, created))).toBe(409);
      expect(
        await status(
          client.patch(associations, key, { metadata: { uid: '00000000-0000-0000-0000-000000000000' } }),
        ),
      ).not.toBeUndefined();
    });

    it('does not count a write that changes nothing', async () => {
      const created = await client.create(slicesOf(), slice({ l: '1' }));
      const again = await client.replace(slicesOf(), created);
      expect(again.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
    });

    it('keeps an object with a finalizer until the last one is taken off', async () => {
      await client.create(associations, fresh({ finalizers: ['arcprivatelink.io/finalizer'] }));
      await client.delete(associations, key);
      const leaving = await client.get(associations, key);
      expect(leaving?.metadata.deletionTimestamp).toEqual(expect.any(String));
      await client.patch(associations, key, { metadata: { finalizers: [] } });
      expect(await client.get(associations, key)).toBeUndefined();
    });

    it('lists by label, page by page', async () => {
      const label = { page: key.name };
      for (const suffix of ['-a', '-b', '-c']) await client.create(slicesOf(), slice(label, suffix));
      await client.create(slicesOf(), slice({ page: 'other' }, '-d'));
      const selector = { namespace, labelSelector: `page=${key.name}`, limit: 2 };
      const first = await client.list(slicesOf(), selector);
      expect(first.items).toHaveLength(2);
      const second = await client.list(slicesOf(), { ...selector, continueToken: first.continueToken ?? '' });
      const names = [...first.items, ...second.items].map(({ metadata }) => metadata.name);
      expect(names).toEqual(['-a', '-b', '-c'].map((suffix) => `${key.name}${suffix}`));
      expect(second.continueToken).toBeUndefined();
    });

    it('tells a watcher of every change after the version it starts from', async () => {
      const { resourceVersion } = await client.list(associations, { namespace });
      const stop = new AbortController();
      const events: string[] = [];
      const watching = (async () => {
        for await (const event of client.watch(associations, {
          namespace,
          resourceVersion,
          signal: stop.signal,
        })) {
          if (event.type !== 'BOOKMARK' && event.object.metadata.name === key.name) events.push(event.type);
          if (events.length === 3) return;
        }
      })();
      await client.create(associations, fresh());
      await client.patch(associations, key, { metadata: { annotations: { a: '1' } } });
      await client.delete(associations, key);
      await watching;
      stop.abort();
      expect(events).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    });

    it('ends a watch without an error when its signal aborts', async () => {
      const { resourceVersion } = await client.list(associations, { namespace });
      const stop = new AbortController();
      const watching = (async () => {
        for await (const _ of client.watch(associations, {
          namespace,
          resourceVersion,
          signal: stop.signal,
        }));
        return 'ended';
      })();
      await client.list(associations, { namespace });
      stop.abort();
      expect(await watching).toBe('ended');
    });

    it('does nothing, and says why, in a call whose signal has aborted', async () => {
      const reason = new Error('asked to stop');
      const options = { signal: AbortSignal.abort(reason) };
      await expect(client.create(associations, fresh(), options)).rejects.toBe(reason);
      await expect(client.get(associations, key, options)).rejects.toBe(reason);
      await expect(client.list(associations, { namespace, ...options })).rejects.toBe(reason);
      expect(await client.get(associations, key)).toBeUndefined();
      const created = await client.create(associations, fresh());
      const metadata = { annotations: { a: '1' } };
      await expect(client.patch(associations, key, { metadata }, options)).rejects.toBe(reason);
      await expect(client.replace(associations, created, options)).rejects.toBe(reason);
      await expect(client.delete(associations, key, options)).rejects.toBe(reason);
      const unchanged = await client.get(associations, key);
      expect(unchanged?.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
    });

    const slicesOf = (): typeof slices => slices;
  });
}
