import type { OperatorProcess } from '../../world/operator.ts';
import { until } from '../../world/until.ts';
import { pathsOf } from '../acto/differ.ts';
import { differences, guid, type Page } from './ledger.ts';
import { lives, type Life } from './lives.ts';
import type { Kill, Place } from './place.ts';
import type { Trouble } from './troubles.ts';

/** The lives one after the other in a namespace of its own, each with its kills; from an empty Azure to an empty one. */
export type Kills = Readonly<Record<string, readonly Kill[]>>;

/** Where a life ended: Azure, the objects, the servers' entries, and what was written on the way. */
export interface Milestone {
  azure: unknown;
  objects: unknown;
  entries: unknown;
  page: Page;
}

export interface Walk {
  milestones: ReadonlyMap<string, Milestone>;
  problems: string[];
  /** The calls at which processes were killed before their life was over: `create: after PATCH arcprivatelinkscopes/status`. */
  strikes: string[];
}

export interface Course {
  /** All lives unless told otherwise. */
  course?: readonly Life[];
  kills?: Kills;
  trouble?: Trouble;
  wanted?: ReadonlyMap<string, Milestone>;
}

/** Lives through them all; without `wanted`, for the others to be held against. */
export async function walk(
  place: Place,
  { course = lives, kills = {}, trouble, wanted }: Course = {},
): Promise<Walk> {
  const namespace = await place.space();
  const milestones = new Map<string, Milestone>();
  const problems: string[] = [];
  const strikes: string[] = [];
  place.ledger.turn();
  for (const life of course) {
    const end = await trouble?.begin(place);
    const struck = await live(place, namespace, { life, kills: kills[life.name] ?? [], end }, problems);
    strikes.push(...struck.map((call) => `${life.name}: ${call}`));
    const milestone = {
      azure: anonymous(place.stage.portal.picture(), namespace),
      objects: anonymous(await place.objects(namespace), namespace),
      entries: await place.entries(namespace),
      page: place.ledger.turn(),
    };
    milestones.set(life.name, milestone);
    const other = wanted?.get(life.name);
    if (other !== undefined)
      problems.push(...compared(life.name, milestone, other, struck.length + (trouble ? 1 : 0)));
  }
  return { milestones, problems, strikes };
}

interface Part {
  life: Life;
  kills: readonly Kill[];
  /** Ends the trouble. */
  end: (() => Promise<string[]>) | undefined;
}

async function live(
  place: Place,
  namespace: string,
  { life, kills, end }: Part,
  problems: string[],
): Promise<string[]> {
  const over = (): Promise<boolean> => life.done(place, namespace);
  await life.act(place, namespace);
  const struck: string[] = [];
  for (const kill of kills) {
    const outcome = await place.startAndKill(kill, over);
    if (outcome.struck !== undefined) struck.push(`${kill.when} ${outcome.struck}`);
    problems.push(...outcome.problems.map((text) => `${life.name}: ${text}`));
  }
  const operator = await place.start();
  await until(`${life.name} is done`, over, 60_000, () => JSON.stringify(operator.logs.slice(-8)));
  problems.push(...((await end?.()) ?? []).map((text) => `${life.name}: ${text}`));
  problems.push(
    ...(await unrest(place, operator, life.objects)).map((call) => `${life.name}: not settled: ${call}`),
  );
  const code = await operator.stop();
  if (code !== 0) problems.push(`${life.name}: asked to stop, it ended with ${code}`);
  return struck;
}

/** Writes that go on although three resyncs of every object have nothing to do; judged by counts, not by time. */
async function unrest(place: Place, operator: OperatorProcess, objects: number): Promise<string[]> {
  let late: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    const before = place.writes().length;
    const passes = (await reconciles(operator)) + 3 * objects;
    await until('three resyncs are over', async () => (await reconciles(operator)) >= passes, 30_000);
    late = place.writes().slice(before);
    if (late.length === 0) return [];
  }
  return late;
}

async function reconciles(operator: OperatorProcess): Promise<number> {
  const text = await (await fetch(`${operator.metricsUrl}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('controller_runtime_reconcile_total{'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

function compared(life: string, found: Milestone, wanted: Milestone, kills: number): string[] {
  const elsewhere = [
    ...pathsOf(wanted.azure, found.azure, 'azure'),
    ...pathsOf(wanted.objects, found.objects, 'objects'),
    ...pathsOf(wanted.entries, found.entries, 'entries'),
  ];
  return [
    ...elsewhere.map(({ path, before, after }) => `${life}: another end: ${path}: ${before} → ${after}`),
    ...differences(found.page, wanted.page, kills).map((text) => `${life}: ${text}`),
  ];
}

const address = /"10\.\d+\.\d+\.\d+"/g;

/** Without what is made up anew: ids, addresses, and the namespace in tags. */
function anonymous(picture: unknown, namespace: string): unknown {
  const text = JSON.stringify(picture).replaceAll(guid, 'guid').replaceAll(address, '"address"');
  return JSON.parse(text.replaceAll(namespace, 'namespace'));
}
