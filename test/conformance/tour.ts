import { associations, scopes } from '../../src/api/resources.ts';
import { Laboratory, namespace } from '../world/laboratory.ts';
import { associationObject, scopeObject } from '../world/objects.ts';
import { smallSeed } from '../world/small-seed.ts';
import type { RecordedCall } from './validate.ts';

/** The calls of a scope's and an association's whole life, so that there is always something to validate. */
export async function tour(): Promise<RecordedCall[]> {
  const lab = new Laboratory(smallSeed);
  const calls: RecordedCall[] = [];
  lab.onExchange = (request, response) => {
    const { method, url, headers, body } = request;
    calls.push({ request: { method, url: url.href, headers: { ...headers }, body }, response });
  };
  await lab.createSecret();
  await lab.kubernetes.create(scopes, scopeObject({ tags: { team: 'plant' } }));
  await lab.kubernetes.create(associations, associationObject());
  lab.start();
  await lab.until(async () => (await lab.condition(lab.association('servers'))) === 'True Ready');
  await lab.kubernetes.delete(associations, { namespace, name: 'servers' });
  await lab.kubernetes.delete(scopes, { namespace, name: 'net' });
  await lab.until(async () => (await lab.scope('net')) === undefined);
  await lab.stop();
  return calls;
}
