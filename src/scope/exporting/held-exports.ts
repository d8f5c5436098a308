import { configMapId } from './config-map.ts';
import { held } from './decided.ts';
import { configMapNameOf } from './names.ts';
import type { Held } from '../held.ts';
import type { Seen } from '../seen.ts';

/** Endpoints whose records are not exported because of `dnsActivation: Hold`. Pure. */
export function heldExports(seen: Seen): Held[] {
  const { metadata, spec } = seen.object;
  const wishes = spec.exports?.dns;
  if (!seen.desired.holds || wishes === undefined) return [];
  const exported = new Set(held(seen, 'dns').flatMap(({ endpoints }) => endpoints));
  const id = configMapId(metadata.namespace ?? '', configMapNameOf(seen.object, 'dns'));
  return seen.desired.endpoints
    .filter(({ name }) => wishes.privateEndpoints.length === 0 || wishes.privateEndpoints.includes(name))
    .filter(({ name }) => !exported.has(name))
    .map(({ name }) => ({ privateEndpoint: name, id }));
}
