import { associations, operatorName } from '../../../src/api/resources.ts';
import { leases } from '../../../src/runtime/lease-lock.ts';
import {
  behind,
  duplicates,
  expires,
  loses,
  nth,
  refused,
  swaps,
  type Call,
  type Change,
  type Fault,
} from '../../world/kubernetes/proxy-faults.ts';
import { operatorNamespace } from '../../world/kubernetes/service-account.ts';
import type { Place } from './place.ts';

/** What goes wrong between the operator and the API server during a life. */
export interface Trouble {
  readonly name: string;
  /** Before anything is done in the life; gives what ends it once the life is done, and tells what went wrong then. */
  begin(place: Place): Promise<() => Promise<string[]>>;
}

const isWrite = ({ method, resource }: Call): boolean => method !== 'GET' && resource !== 'leases';
const isRead = ({ method, isWatch }: Call): boolean => method === 'GET' && !isWatch;
const isWatch = (call: Call): boolean => call.isWatch;
const isAny = ({ isWatch: watches, resource }: Call): boolean => !watches && resource !== 'leases';
const kinds = ['arcprivatelinkscopes', 'arcserverassociations', 'arcserverassociationslices'];

/** One rule for the calls of a life. */
function rule(name: string, make: () => (call: Call) => Fault | undefined): Trouble {
  return {
    name,
    begin(place) {
      place.fault = make();
      return Promise.resolve(() => {
        place.fault = () => undefined;
        return Promise.resolve([]);
      });
    },
  };
}

const at = (
  name: string,
  meets: (call: Call) => boolean,
  fault: Fault,
  froms: readonly number[],
  times = 1,
): Trouble[] => froms.map((from) => rule(`${name}-${from}`, () => nth(meets, fault, { from, times })));

const told = (name: string, change: (number: number) => Change): Trouble[] =>
  kinds.flatMap((kind) =>
    [1, 2].map((number) =>
      rule(`${name}-${kind}-${number}`, () => (call) => {
        const meets = call.isWatch && call.resource === kind;
        return meets ? { kind: 'told otherwise', change: change(number) } : undefined;
      }),
    ),
  );

/** The new process sees what was before the user did anything, for a while. */
export const stale: Trouble = {
  name: 'stale',
  async begin(place) {
    const { resourceVersion } = await place.stage.client.list(associations, {});
    const { fault, catchUp } = behind(kinds, resourceVersion);
    place.fault = (call) => {
      if (call.isWatch && call.resource === 'arcserverassociations') place.later(2_000, catchUp);
      return fault(call);
    };
    return () => {
      catchUp();
      place.fault = () => undefined;
      return Promise.resolve([]);
    };
  },
};

/** The API server goes as soon as Azure is written to, and comes back after a while. */
const gone: Trouble = {
  name: 'gone',
  begin(place) {
    let back: Promise<void> | undefined;
    place.onAzure = ({ method }) => {
      if (method !== 'GET' && back === undefined)
        back = place.proxy
          .vanish()
          .then(
            () => new Promise<void>((resolve) => place.later(5_000, () => resolve(place.proxy.comeBack()))),
          );
      return undefined;
    };
    return Promise.resolve(async () => {
      place.onAzure = () => undefined;
      await back;
      return [];
    });
  },
};

/** A second process that takes itself for the leader all the time. */
const two: Trouble = {
  name: 'two-leaders',
  async begin(place) {
    const other = await place.start();
    return async () => {
      const code = await other.stop();
      return code === 0 ? [] : [`the other one ended with ${code}`];
    };
  },
};

/** A leader whose Lease is taken by somebody else in the middle of its first write. */
const usurped: Trouble = {
  name: 'lease-lost',
  async begin(place) {
    const { client } = place.stage;
    const key = { namespace: operatorNamespace, name: operatorName };
    const leader = await place.start(['--leader-elect=true']);
    let taken: Promise<unknown> | undefined;
    place.onAzure = ({ method }) => {
      if (method !== 'GET')
        taken ??= client.patch(leases, key, {
          spec: { holderIdentity: 'usurper', leaseDurationSeconds: 600 },
        });
      return undefined;
    };
    return async () => {
      place.onAzure = () => undefined;
      // A life without a write at Azure leaves it its Lease.
      const code = await (taken === undefined ? leader.stop() : taken.then(() => leader.exited));
      await client.delete(leases, key);
      const wanted = taken === undefined ? 0 : 1;
      return code === wanted ? [] : [`the leader ended with ${code}, not ${wanted}`];
    };
  },
};

export const troubles: readonly Trouble[] = [
  stale,
  two,
  gone,
  usurped,
  ...at('conflict', isWrite, refused(409, 'Conflict'), [1, 2, 3, 5]),
  ...at('two-conflicts', isWrite, refused(409, 'Conflict'), [1, 3], 2),
  ...at('reset-before', isWrite, { kind: 'reset before' }, [1, 2, 3, 5]),
  ...at('reset-after', isWrite, { kind: 'reset after' }, [1, 2, 3, 5]),
  ...at('throttled', isAny, refused(429, 'TooManyRequests', { 'retry-after': '2' }), [2, 8, 14], 3),
  ...at('unavailable', isAny, refused(503, 'ServiceUnavailable'), [2, 9], 5),
  ...at('broken', isAny, refused(500, 'InternalError'), [3, 12], 5),
  ...at('list-expired', isRead, refused(410, 'Expired'), [2, 3, 4]),
  ...at('ended', isWatch, { kind: 'ended' }, [1, 4], 6),
  ...at('half', isRead, { kind: 'half' }, [10]),
  ...at('silent', isAny, { kind: 'silent' }, [12, 18]),
  ...told('lost', loses),
  ...told('twice', duplicates),
  ...told('swapped', swaps),
  ...told('expired', expires),
];
