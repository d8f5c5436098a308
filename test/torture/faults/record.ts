import type { Condition } from '../../../src/runtime/conditions.ts';
import type { KubeObject } from '../../../src/runtime/object.ts';
import { associations, scopes, slices } from '../../../src/api/resources.ts';
import type { ArmRequest, ArmResponse } from '../../world/azure/http.ts';
import { configMaps } from '../../../src/scope/exporting/config-map.ts';
import { namespace } from '../../world/laboratory.ts';
import type { ScopeLab } from '../../world/scope-lab.ts';

/** What the operator did to Azure in one life, by effect: what was not there before and is now, and what went. */
export class LifeRecord {
  /** Of every write that Azure accepted: `PUT /subscriptions/…` in lower case, and how often. */
  readonly accepted = new Map<string, number>();
  readonly creations = new Map<string, number>();
  readonly #madeMs = new Map<string, number>();
  readonly #lab: ScopeLab;

  constructor(lab: ScopeLab) {
    this.#lab = lab;
  }

  /**
   * Sends the call, and enters what came of it. Zones and links are made with `If-None-Match: *`: Azure does not show
   * them while it is at it, and a repetition cannot make a second one.
   */
  enter({ method, url, headers }: ArmRequest, send: () => ArmResponse): ArmResponse {
    const id = decodeURIComponent(url.pathname).toLowerCase();
    const wasThere = this.#lab.portal.get(id) !== undefined;
    const response = send();
    if (method === 'GET' || response.status >= 300) return response;
    const call = `${method} ${id}`;
    if (headers['if-none-match'] === '*' && this.accepted.has(call)) return response;
    count(this.accepted, call);
    if (method === 'PUT' && !wasThere) {
      count(this.creations, id);
      this.#madeMs.set(id, this.#lab.clock.now());
    }
    return response;
  }

  /** Milliseconds since the operator made it; endless where it did not. */
  sinceMade(id: string): number {
    return this.#lab.clock.now() - (this.#madeMs.get(id.toLowerCase()) ?? Number.NEGATIVE_INFINITY);
  }
}

function count(into: Map<string, number>, of: string): void {
  into.set(of, (into.get(of) ?? 0) + 1);
}

/** The end of a life: Azure, and what people read in Kubernetes, without ids, addresses and times that are made up anew. */
export interface End {
  readonly azure: Readonly<{ [id: string]: unknown }>;
  readonly kubernetes: Readonly<{ [object: string]: unknown }>;
}

export async function endOf(lab: ScopeLab): Promise<End> {
  return anonymous({ azure: lab.portal.picture(), kubernetes: await told(lab) });
}

type Told = KubeObject & { status?: { conditions?: Condition[] } };

async function told({ kubernetes }: ScopeLab): Promise<{ [object: string]: unknown }> {
  const all: { [object: string]: unknown } = {};
  const objects: Told[] = [
    ...(await kubernetes.list(scopes, { namespace })).items,
    ...(await kubernetes.list(associations, { namespace })).items,
  ];
  for (const { kind, metadata, status } of objects) {
    const conditions = status?.conditions?.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`);
    all[`${kind} ${metadata.name}`] = conditions?.sort() ?? [];
  }
  for (const { metadata, machines } of (await kubernetes.list(slices, { namespace })).items) {
    const owner = metadata.ownerReferences?.[0]?.name ?? '';
    for (const { id, phase, origin } of machines) all[`${owner} ${id.toLowerCase()}`] = `${phase} ${origin}`;
  }
  for (const { metadata, data } of (await kubernetes.list(configMaps, { namespace })).items)
    all[`ConfigMap ${metadata.name}`] = { ...metadata.annotations, ...data };
  return all;
}

const guid = /(?!0{8})[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const address = /"10\.\d+\.\d+\.\d+"/g;

function anonymous<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll(guid, 'guid').replaceAll(address, '"address"')) as T;
}
