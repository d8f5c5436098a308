import type { ScopeLab } from '../../world/scope-lab.ts';
import { pathsOf } from '../acto/differ.ts';
import { opened, type Life } from './lives.ts';
import { endOf, LifeRecord, type End } from './record.ts';

/** A life that was lived, and what is held against the same life without faults. */
export interface Lived {
  readonly end: End;
  readonly record: LifeRecord;
  /** Calls of both sides, and of Azure alone, that the tortured part made before all was done. */
  readonly calls: number;
  readonly azureCalls: readonly string[];
  /** Milliseconds until all was done. */
  readonly lastedMs: number;
  /** Writes that three resyncs made when all was done. */
  readonly unrest: readonly string[];
}

const minuteMs = 60_000;
/** Pauses grow to an hour. */
const longestMs = 6 * 60 * minuteMs;
const resyncMs = 16 * minuteMs;

/** Moves time on until the life is done; says so when it never is. */
export async function finish(lab: ScopeLab, life: Life): Promise<string[]> {
  const end = lab.clock.now() + longestMs;
  let stepMs = 2_000;
  while (!(await life.done(lab))) {
    if (lab.clock.now() >= end) return [`not done within six hours: ${await standing(lab)}`];
    await lab.clock.advance(stepMs);
    stepMs = Math.min(30_000, stepMs * 1.1);
  }
  return [];
}

/** What the objects say where they stand. */
export async function standing(lab: ScopeLab): Promise<string> {
  const all = [await lab.scope('net'), await lab.association('servers'), await lab.association('heir')];
  const conditions = all.flatMap(
    (object) => object?.status?.conditions?.map((one) => ({ name: object.metadata.name, ...one })) ?? [],
  );
  const exceptions = all.flatMap((object) =>
    object?.status !== undefined && 'exceptions' in object.status ? (object.status.exceptions ?? []) : [],
  );
  return [
    ...conditions.map(
      ({ name, type, status, reason, message }) => `${name}: ${type}=${status} ${reason}: ${message}`,
    ),
    ...exceptions.map(({ id, reason, message }) => `${id}: ${reason}: ${message ?? ''}`),
  ].join('\n');
}

/** Calls that change something in three resyncs, once everything that may still follow has come. */
export async function unrestOf(lab: ScopeLab): Promise<string[]> {
  await settle(lab);
  const [azure, kubernetes] = [lab.world.writes().length, lab.kubernetes.writes().length];
  await lab.clock.advance(3 * resyncMs);
  return [
    ...lab.world
      .writes()
      .slice(azure)
      .map(({ method, path, status }) => `${method} ${path} ${status}`),
    ...lab.kubernetes
      .writes()
      .slice(kubernetes)
      .map(({ verb, kind, name }) => `${verb} ${kind} ${name}`),
  ];
}

/** Waits that have begun end within an hour of virtual time. */
async function settle(lab: ScopeLab): Promise<void> {
  for (let quiet = 0, rounds = 0; quiet < 2 && rounds < 8; rounds += 1) {
    const before = lab.world.writes().length + lab.kubernetes.writes().length;
    await lab.clock.advance(resyncMs);
    quiet = lab.world.writes().length + lab.kubernetes.writes().length === before ? quiet + 1 : 0;
  }
}

const references = new Map<string, Promise<Lived>>();

/** The life without faults; lived once in a process. */
export async function reference(life: Life): Promise<Lived> {
  const known = references.get(life.name) ?? live(life);
  references.set(life.name, known);
  return await known;
}

async function live(life: Life): Promise<Lived> {
  const lab = await opened(life);
  const record = new LifeRecord(lab);
  const azureCalls: string[] = [];
  lab.onAzure = (request, send) => {
    azureCalls.push(`${request.method} ${decodeURIComponent(request.url.pathname)}`);
    return record.enter(request, send);
  };
  const fromMs = lab.clock.now();
  await life.act(lab);
  lab.start();
  const problems = await finish(lab, life);
  if (problems.length > 0) throw new Error(`${life.name} without faults: ${problems.join()}`);
  const [calls, made, lastedMs] = [lab.calls, [...azureCalls], lab.clock.now() - fromMs];
  const unrest = await unrestOf(lab);
  const end = await endOf(lab);
  await lab.stop();
  return { end, record, calls, azureCalls: made, lastedMs, unrest };
}

export interface Allowed {
  /** Writes more than in the reference that the fault may cost: those whose answers were lost. */
  readonly surplus: number;
  /** Of these, creations that came to nothing. */
  readonly again: number;
}

/** What is not as it was without the fault. */
export async function compared(
  lab: ScopeLab,
  record: LifeRecord,
  wanted: Lived,
  { surplus, again }: Allowed,
): Promise<string[]> {
  const unrest = await unrestOf(lab);
  const end = await endOf(lab);
  const differences = pathsOf(wanted.end, end)
    .slice(0, 5)
    .map(({ path, before, after }) => `another end: ${path}: ${before} → ${after}`);
  const strange = [...record.accepted.keys()].filter(
    (call) => !wanted.record.accepted.has(call) && !isConnectionsEnd(call),
  );
  const more = excess(record.accepted, wanted.record.accepted);
  const created = excess(record.creations, wanted.record.creations);
  return [
    ...differences,
    ...strange.map((call) => `never asked for: ${call}`),
    ...(count(more) > surplus ? [`written more often: ${[...more].join(' ')}`] : []),
    ...(count(created) > again ? [`made again: ${[...created.keys()].join(' ')}`] : []),
    ...unrest.slice(0, 5).map((call) => `not settled: ${call}`),
  ];
}

/** A connection goes with its endpoint, or is deleted by itself where it is still listed when the scope is next. */
function isConnectionsEnd(call: string): boolean {
  return /^DELETE .*\/privatelinkscopes\/net\/privateendpointconnections\/net-/.test(call);
}

function excess(made: ReadonlyMap<string, number>, wanted: ReadonlyMap<string, number>): Map<string, number> {
  const more = [...made].map(([call, times]): [string, number] => [call, times - (wanted.get(call) ?? 0)]);
  return new Map(more.filter(([, times]) => times > 0));
}

function count(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, one) => sum + one, 0);
}
