/** What can go wrong between the operator and the Kubernetes API, and to the operator itself. */

/**
 * Calls; `lost` and `late` take effect, and their answers never come. Those that are `slow` are answered seconds after
 * their effect, those that are `held` have it seconds after they were sent: of several at once none keeps its place.
 */
export const callKinds = [
  '409',
  '410',
  '429',
  '500',
  '503',
  'timeout',
  'reset',
  'lost',
  'late',
  'slow',
  'held',
] as const;
/** Watches: it ends, expires, drops events for a minute and then expires, tells twice, out of order, less, late. */
export const watchKinds = ['ends', 'expires', 'drops', 'twice', 'swaps', 'merges', 'delays'] as const;
/**
 * At a call: the API server is away or shows an old state for ten minutes; so long Azure answers (`drags`) or acts
 * (`dawdles`) seconds late, in no order; the operator dies and the next one is shown
 * an old state for a minute (Sieve's time travel), two work at once, it is told to end; its clock jumps, or is another
 * one's after a crash.
 */
export const eventKinds = [
  'away',
  'freezes',
  'drags',
  'dawdles',
  'crash',
  'travel5',
  'travel25',
  'travel100',
  'twins',
  'term',
  'clock+10',
  'clock-10',
  'clock+60',
  'clock-60',
  'skew+10',
  'skew-10',
] as const;

export type CallKind = (typeof callKinds)[number];
export type WatchKind = (typeof watchKinds)[number];
export type EventKind = (typeof eventKinds)[number];

export interface KubeFault {
  kind: CallKind | WatchKind | EventKind;
  /** Of which call, or of which event of a watch, from 0. */
  at: number;
  /** For ten minutes, not once. */
  lasts: boolean;
}

export const lastsMs = 600_000;

export const isCallKind = (kind: string): kind is CallKind => callKinds.includes(kind as CallKind);
export const isWatchKind = (kind: string): kind is WatchKind => watchKinds.includes(kind as WatchKind);
export const isEventKind = (kind: string): kind is EventKind => eventKinds.includes(kind as EventKind);

/** `503@17`; `503~@17` for ten minutes. */
export function textOf({ kind, at, lasts }: KubeFault): string {
  return `${kind}${lasts ? '~' : ''}@${at}`;
}

export function faultOf(text: string): KubeFault {
  const [, kind = '', lasts, at] = /^([a-z0-9+-]+)(~?)@(\d+)$/.exec(text) ?? [];
  if (!isCallKind(kind) && !isWatchKind(kind) && !isEventKind(kind))
    throw new Error(`there is no fault ${text}: it is KIND@NUMBER or KIND~@NUMBER`);
  return { kind, at: Number(at), lasts: lasts === '~' };
}

/** Every single fault at every place of a life with so many calls and events, in the order of places. */
export function everyFault(calls: number, events: number): KubeFault[] {
  const all: KubeFault[] = [];
  for (let at = 0; at < calls; at += 1) {
    for (const kind of callKinds) all.push({ kind, at, lasts: false }, { kind, at, lasts: true });
    for (const kind of eventKinds) all.push({ kind, at, lasts: false });
  }
  for (let at = 0; at < events; at += 1)
    for (const kind of watchKinds) all.push({ kind, at, lasts: false }, { kind, at, lasts: true });
  return all;
}
