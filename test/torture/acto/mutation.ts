import { stepsOf, type Step } from './sites.ts';

/** What is done at one place of a spec; data, so that it can be printed and repeated. */
export type Deed =
  | { to: unknown }
  | { as: 'drop' | 'wrong case' | 'twice' | 'reversed' | 'without the first' }
  /** One more item, or one more entry of a map. */
  | { add: unknown; name?: string };

export interface Mutation {
  readonly path: string;
  /** Which item of the lists on the way; counted round. */
  readonly at: number;
  readonly deed: Deed;
}

type Bag = Record<string, unknown> | unknown[];

/** The spec with the mutations made one after the other; the given one stays as it is. */
export function mutated<S>(spec: S, mutations: readonly Mutation[]): S {
  const copy = structuredClone(spec);
  for (const { path, at, deed } of mutations) apply(copy as Bag, stepsOf(path), at, deed);
  return copy;
}

function apply(bag: Bag, [step, ...rest]: readonly Step[], at: number, deed: Deed): void {
  if (step === undefined) return;
  const key = keyOf(bag, step, at);
  if (key === undefined) return;
  const all = bag as Record<string | number, unknown>;
  if (rest.length === 0) {
    perform(all, key, deed);
    return;
  }
  // What is missing on the way is made, so that optional parts are tried on every spec.
  if (typeof all[key] !== 'object' || all[key] === null) all[key] = rest[0] === 'item' ? [] : {};
  apply(all[key] as Bag, rest, at, deed);
}

/** Where the step leads; nowhere for an item of what is no list. An empty list gets its first item. */
function keyOf(bag: Bag, step: Step, at: number): string | number | undefined {
  if (typeof step === 'object') return Array.isArray(bag) ? undefined : step.name;
  if (step === 'item') return Array.isArray(bag) ? at % Math.max(1, bag.length) : undefined;
  const names = Object.keys(bag);
  return names[at % Math.max(1, names.length)] ?? 'site';
}

function perform(bag: Record<string | number, unknown>, key: string | number, deed: Deed): void {
  const value = bag[key];
  if ('to' in deed) bag[key] = structuredClone(deed.to);
  else if ('add' in deed) bag[key] = added(value, deed);
  else if (deed.as === 'drop') drop(bag, key);
  else if (value !== undefined) bag[key] = rewritten(value, deed.as);
}

function drop(bag: Record<string | number, unknown>, key: string | number): void {
  if (Array.isArray(bag)) bag.splice(Number(key), 1);
  else delete bag[key];
}

function added(value: unknown, { add, name = 'more' }: { add: unknown; name?: string }): unknown {
  if (Array.isArray(value)) return [...(value as unknown[]), structuredClone(add)];
  if (typeof value === 'object' && value !== null) return { ...value, [name]: structuredClone(add) };
  return value === undefined ? [structuredClone(add)] : value;
}

function rewritten(value: unknown, how: string): unknown {
  if (how === 'wrong case') return typeof value === 'string' ? otherCase(value) : value;
  if (!Array.isArray(value)) return value;
  const list = value as unknown[];
  if (how === 'twice') return list.length === 0 ? list : [...list, structuredClone(list[0])];
  return how === 'reversed' ? list.map((_, index) => list[list.length - 1 - index]) : list.slice(1);
}

function otherCase(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}
