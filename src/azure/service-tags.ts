import { unexpected } from './errors.ts';
import { locationKey } from './ids.ts';
import { apiVersion } from './network.ts';
import { bodyOf, type Raw } from './raw.ts';
import type { RawBody } from './types.ts';
import { once } from '../base/once.ts';
import type { Clock } from '../base/clock.ts';

/** The address ranges of a service of Azure's. */
export interface ServiceTag {
  name: string;
  changeNumber: string;
  /** CIDR, IPv4 and IPv6. */
  addressPrefixes: string[];
}

/** What Azure publishes of the tags that were asked for; those that the cloud does not have are missing. */
export interface ServiceTags {
  /** Grows with every change of any tag. */
  changeNumber: string;
  tags: readonly ServiceTag[];
}

/**
 * GET …/locations/{location}/serviceTags (ServiceTags_List): all tags of the cloud that the subscription belongs to,
 * whatever the location. 1.9 MB and 895 tags (recorded), of which only those that are asked for are kept.
 */
export async function readServiceTags(
  raw: Raw,
  subscriptionId: string,
  location: string,
  wanted: ReadonlySet<string>,
): Promise<ServiceTags> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Network/locations/${locationKey(location)}/serviceTags`;
  const tags: ServiceTag[] = [];
  let changeNumber = '';
  let page: RawBody | undefined = await raw.get(path, apiVersion);
  for (let pages = 1; page !== undefined; pages += 1) {
    const { values = [], nextLink, changeNumber: number } = page as TagsBody;
    if (pages === 1 && values.length === 0) throw broken('the answer names no service tags');
    if (pages > mostPages) throw broken('the pages of the answer have no end');
    changeNumber ||= number ?? '';
    tags.push(...values.filter(({ name }) => wanted.has((name ?? '').toLowerCase())).map(readTag));
    page = nextLink ? bodyOf(await raw.fetch(nextLink)) : undefined;
  }
  if (changeNumber === '') throw broken('the answer has no change number');
  return { changeNumber, tags };
}

/** One page is what there is; the specification has room for more. */
const mostPages = 100;

interface TagsBody {
  changeNumber?: string;
  values?: TagBody[];
  nextLink?: string;
}

interface TagBody {
  name?: string;
  properties?: { changeNumber?: string; addressPrefixes?: string[] };
}

function readTag({ name = '', properties = {} }: TagBody): ServiceTag {
  const { changeNumber = '', addressPrefixes = [] } = properties;
  return { name, changeNumber, addressPrefixes };
}

function broken(what: string): Error {
  return unexpected('GET serviceTags', 200, what);
}

interface Asked {
  subscriptionId: string;
  location: string;
  names: readonly string[];
}

type Read = (subscriptionId: string, location: string, wanted: ReadonlySet<string>) => Promise<ServiceTags>;

/** The newest answer, for everything that one identity reconciles. */
export class ServiceTagCache {
  readonly #read: Read;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #known: { atMs: number; names: ReadonlySet<string>; value: ServiceTags } | undefined;
  #underWay: { names: ReadonlySet<string>; answer: Promise<ServiceTags> } | undefined;

  constructor(read: Read, clock: Pick<Clock, 'monotonic'>) {
    this.#read = read;
    this.#clock = clock;
  }

  async get({ subscriptionId, location, names }: Asked, maxAgeMs: number): Promise<ServiceTags> {
    const wanted = new Set(names.map((name) => name.toLowerCase()));
    const known = this.#known;
    const isYoung = known !== undefined && this.#clock.monotonic() - known.atMs < maxAgeMs;
    if (isYoung && hasAll(known.names, wanted)) return only(known.value, wanted);
    if (this.#underWay === undefined || !hasAll(this.#underWay.names, wanted)) {
      const all = new Set([...wanted, ...(known?.names ?? [])]);
      const answer = this.#take(subscriptionId, location, all);
      this.#underWay = { names: all, answer };
    }
    const underWay = this.#underWay;
    try {
      return only(await underWay.answer, wanted);
    } finally {
      if (this.#underWay === underWay) this.#underWay = undefined;
    }
  }

  /** A front end of Azure's that lags behind the one asked before does not take anything back. */
  async #take(subscriptionId: string, location: string, names: ReadonlySet<string>): Promise<ServiceTags> {
    const atMs = this.#clock.monotonic();
    const answer = await this.#read(subscriptionId, location, names);
    const known = this.#known;
    const isOlder = known !== undefined && Number(answer.changeNumber) < Number(known.value.changeNumber);
    const value = isOlder && hasAll(known.names, names) ? known.value : answer;
    this.#known = { atMs, names, value };
    return value;
  }
}

function hasAll(all: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  return [...wanted].every((name) => all.has(name));
}

/** For the same tags of the same answer always the same value: what follows from it is worked out once. */
const only = (value: ServiceTags, wanted: ReadonlySet<string>): ServiceTags =>
  selections(value)([...wanted].sort().join());

const selections = once(({ changeNumber, tags }: ServiceTags) => {
  const known = new Map<string, ServiceTags>();
  return (names: string): ServiceTags => {
    const wanted = new Set(names.split(','));
    const found = known.get(names) ?? {
      changeNumber,
      tags: tags.filter(({ name }) => wanted.has(name.toLowerCase())),
    };
    known.set(names, found);
    return found;
  };
});
