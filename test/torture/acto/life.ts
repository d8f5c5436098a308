import { isDeepStrictEqual } from 'node:util';
import { secrets } from '../../../src/identity/resources.ts';
import type { Condition } from '../../../src/runtime/conditions.ts';
import type { KubeObject } from '../../../src/runtime/object.ts';
import { Laboratory, namespace, secretData } from '../../world/laboratory.ts';
import { admit, type Spec, type Subject } from './admission.ts';
import { estate, furnish } from './estate.ts';
import { pathsOf, type Difference } from './differ.ts';
import { Watch } from './watch.ts';

/** A kind, and what holds of it whatever its spec is; an independent reading of the documentation. */
export interface Model {
  readonly subject: Subject;
  /** What the object needs beside it before it is created. */
  prepare(lab: Laboratory): Promise<void>;
  /** Where Azure is not as a Ready object says. */
  differences(lab: Laboratory, stored: Spec): string[];
  /**
   * Reasons that explain why it is not Ready, with a '?' before those that need not keep it from that; empty when
   * nothing stands in its way. `before` is Azure (`Portal.picture`)
   * as the change found it.
   */
  obstacles(lab: Laboratory, stored: Spec, before: Picture): string[];
  /** Whether a difference between before and after going back is what the documentation says: see each model. */
  lasting(difference: Difference, tried: readonly Spec[]): boolean;
  /** Between two changes, whatever a person has to put right in Azure by hand. */
  between(lab: Laboratory): void | Promise<void>;
  /** How long to wait in virtual milliseconds before the state is looked at, beside until it is quiet. */
  readonly leastMs: number;
}

export type Picture = Readonly<Record<string, unknown>>;

export interface Tally {
  refused: number;
  accepted: number;
  anew: number;
}

type Living = KubeObject & {
  spec: Spec;
  status?: { observedGeneration?: number; conditions?: Condition[] };
};

export interface State {
  status: Record<string, unknown>;
  azure: Record<string, unknown>;
}

const stepMs = 30_000;
const resyncMs = 16 * 60_000;
/** Long enough for `--stall-after` and for growing pauses at their beginning. */
const longestMs = 20 * 60_000;

/** One object that lives through changes of its spec, each of them taken back again. */
export class Life {
  readonly lab = new Laboratory(estate);
  readonly tally: Tally = { refused: 0, accepted: 0, anew: 0 };
  readonly #model: Model;
  readonly #base: Spec;
  readonly #stored: Spec;
  readonly #watch: Watch;
  #untouched: Record<string, unknown> = {};
  #tried: Spec[] = [];

  private constructor(model: Model, base: Spec) {
    this.#model = model;
    this.#base = base;
    const { stored, problems } = admit(model.subject, base);
    if (stored === undefined) throw new Error(`the base is refused: ${problems.join('; ')}`);
    this.#stored = stored;
    this.#watch = new Watch(this.lab);
  }

  static async begin(model: Model, base: Spec): Promise<Life> {
    const life = new Life(model, base);
    furnish(life.lab.world);
    await life.lab.createSecret();
    const another = { metadata: { namespace, name: 'another' }, data: secretData() };
    await life.lab.kubernetes.create(secrets, another);
    await model.prepare(life.lab);
    life.lab.start();
    await life.lab.clock.advance(3_600_000);
    life.#untouched = anonymous(life.lab.portal.picture());
    await life.#create(base);
    await life.#settle();
    return life;
  }

  /** Makes the change, looks, takes it back and looks again: what is wrong, a sentence each. */
  async change(spec: unknown): Promise<string[]> {
    const update = admit(this.#model.subject, spec, this.#stored);
    if (update.stored !== undefined) {
      if (isDeepStrictEqual(plain(update.stored), plain(this.#stored))) return [];
      this.tally.accepted += 1;
      return await this.#there(update.stored, () => this.#replace(spec));
    }
    const anew = admit(this.#model.subject, spec);
    const immutable = update.problems.every((problem) => problem.includes('cannot be changed'));
    if (anew.stored === undefined || !immutable) {
      this.tally.refused += 1;
      return unhelpful(update.problems);
    }
    this.tally.anew += 1;
    return await this.#anew(spec, anew.stored);
  }

  /** Three resyncs without a write, and nothing that must never happen. */
  async end(): Promise<string[]> {
    // What is only looked at with a resync may still change once.
    await this.lab.clock.advance(resyncMs);
    const azure = this.lab.world.writes().length;
    const kubernetes = this.lab.kubernetes.writes().length;
    await this.lab.clock.advance(3 * resyncMs);
    const lines: string[] = [];
    const late = this.lab.world.writes().slice(azure);
    if (late.length > 0)
      lines.push(`not settled: ${late.map(({ method, path }) => `${method} ${path}`).join(', ')}`);
    const stored = this.lab.kubernetes.writes().slice(kubernetes);
    if (stored.length > 0)
      lines.push(
        `not settled: ${stored.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`).join(', ')}`,
      );
    await this.lab.stop();
    return [...lines, ...this.#watch.end()];
  }

  async #there(stored: Spec, go: () => Promise<void>): Promise<string[]> {
    const before = await this.state();
    this.#tried.push(stored);
    const lines = await this.#look(stored, go);
    const back = await this.#look(this.#stored, () => this.#replace(this.#base));
    await this.#model.between(this.lab);
    return [...lines, ...back.map((line) => `going back: ${line}`), ...(await this.#recovered(before))];
  }

  /** What cannot be changed is deleted and created, both ways. */
  async #anew(spec: unknown, stored: Spec): Promise<string[]> {
    this.#tried.push(stored);
    const gone = await this.#delete(this.#stored);
    const lines = await this.#look(stored, () => this.#create(spec));
    const goneAgain = await this.#delete(stored);
    const back = await this.#look(this.#stored, () => this.#create(this.#base));
    return [...gone, ...lines, ...goneAgain, ...back.map((line) => `created again: ${line}`)];
  }

  async #look(stored: Spec, go: () => Promise<void>): Promise<string[]> {
    const fromMs = this.lab.clock.now();
    const before = this.lab.portal.picture();
    const writes = this.lab.world.writes().length;
    await go();
    await this.#settle();
    const object = await this.#object();
    if (object === undefined) return ['the object is not there'];
    const { metadata, status } = object;
    if (status?.observedGeneration !== metadata.generation)
      return [`generation ${metadata.generation} was never acted on`];
    const idle = stored['suspend'] === true || stored['managementPolicy'] === 'Observe';
    const wrote = idle && this.lab.world.writes().length > writes;
    return [
      ...(wrote ? ['Azure was written to while the object is suspended or observed'] : []),
      ...(stored['suspend'] === true ? suspended(object) : this.#judged(stored, object, { fromMs, before })),
    ];
  }

  #judged(
    stored: Spec,
    { status }: Living,
    { fromMs, before }: { fromMs: number; before: Picture },
  ): string[] {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready === undefined) return ['there is no condition Ready'];
    const all = this.#model.obstacles(this.lab, stored, before);
    const obstacles = all.map((reason) => reason.replace('?', ''));
    if (stored['managementPolicy'] === 'Observe') obstacles.push('ChangesPlanned');
    if (ready.status === 'True') {
      const needed = all.filter((reason) => !reason.startsWith('?'));
      const hidden = needed.length === 0 ? [] : [`Ready, although ${needed.join(' or ')} was to be expected`];
      return [...hidden, ...this.#model.differences(this.lab, stored)];
    }
    const told = `Ready is ${ready.status}, ${ready.reason}: ${ready.message}`;
    return [
      ...(obstacles.includes(ready.reason) ? [] : [`${told} (expected: ${obstacles.join(', ') || 'Ready'})`]),
      ...(ready.message.length < 15 || ready.message.length > 1024
        ? [`no sentence that helps: ${told}`]
        : []),
      ...this.#watch.storms(fromMs + 180_000),
    ];
  }

  /** Azure and the status are as they were, at the latest when pauses that have grown are over. */
  async #recovered(before: State): Promise<string[]> {
    let wrong: Difference[] = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const now = await this.state();
      wrong = pathsOf(before, now).filter((one) => !this.#model.lasting(one, this.#tried));
      if (wrong.length === 0) return [];
      await this.lab.clock.advance(15 * 60_000);
    }
    return wrong
      .slice(0, 5)
      .map(({ path, before: was, after }) => `not as before: ${path}: ${was} → ${after}`);
  }

  /** Deletes the object; Azure is then as if it had never been, unless it says that things are left. */
  async #delete(stored: Spec): Promise<string[]> {
    const { resource, name } = this.#model.subject;
    await this.lab.kubernetes.delete(resource, { namespace, name });
    const end = this.lab.clock.now() + longestMs;
    while ((await this.#object()) !== undefined && this.lab.clock.now() < end)
      await this.lab.clock.advance(stepMs);
    const object = await this.#object();
    if (object !== undefined) return await this.#undeletable(stored, object);
    await this.#model.between(this.lab);
    const retains =
      stored['deletionPolicy'] === 'Retain' ||
      stored['suspend'] === true ||
      stored['managementPolicy'] === 'Observe';
    if (retains) return await this.#cleared();
    return pathsOf({ azure: this.#untouched }, anonymous({ azure: this.lab.portal.picture() }))
      .filter((one) => !this.#model.lasting(one, this.#tried))
      .slice(0, 5)
      .map(({ path, before, after }) => `left after the deletion: ${path}: ${before} → ${after}`);
  }

  /** An object that cannot go says why, and goes with `deletionPolicy: Retain`. */
  async #undeletable(stored: Spec, { status }: Living): Promise<string[]> {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    const reasons = this.#model.obstacles(this.lab, stored, this.lab.portal.picture());
    const expected = reasons.includes(ready?.reason ?? '');
    const lines = expected ? [] : [`cannot be deleted: ${ready?.reason}: ${ready?.message}`];
    const { resource, name } = this.#model.subject;
    await this.lab.kubernetes.patch(resource, { namespace, name }, { spec: { deletionPolicy: 'Retain' } });
    await this.lab.clock.advance(60_000);
    if ((await this.#object()) !== undefined) lines.push('deletionPolicy: Retain does not let it go');
    return [...lines, ...(await this.#cleared())];
  }

  /** What was retained is taken away by hand, so that the next object finds what the first one found. */
  async #cleared(): Promise<string[]> {
    for (const id of Object.keys(this.lab.portal.picture()))
      if (!(id in this.#untouched) && this.lab.portal.get(id) !== undefined) this.lab.portal.delete(id);
    await this.#model.between(this.lab);
    return [];
  }

  async #settle(): Promise<void> {
    const end = this.lab.clock.now() + longestMs;
    await this.lab.clock.advance(this.#model.leastMs);
    for (let writes = -1; this.lab.clock.now() < end;) {
      writes = this.lab.world.writes().length;
      await this.lab.clock.advance(stepMs);
      if (this.lab.world.writes().length === writes && (await this.#isQuiet())) return;
    }
  }

  async #isQuiet(): Promise<boolean> {
    const { metadata, status } = (await this.#object()) ?? { metadata: { name: '' } };
    if (status === undefined || status.observedGeneration !== metadata.generation) return false;
    const { conditions = [] } = status;
    return !conditions.some(({ type, status: is }) => type === 'Reconciling' && is === 'True');
  }

  async #object(): Promise<Living | undefined> {
    const { resource, name } = this.#model.subject;
    return (await this.lab.kubernetes.get(resource, { namespace, name })) as Living | undefined;
  }

  async #create(spec: unknown): Promise<void> {
    const { resource, name } = this.#model.subject;
    const { stored } = admit(this.#model.subject, spec);
    const { group, version, kind } = resource;
    const object = { apiVersion: `${group}/${version}`, kind, metadata: { namespace, name }, spec: stored };
    await this.lab.kubernetes.create(resource, object);
  }

  async #replace(spec: unknown): Promise<void> {
    const now = await this.#object();
    if (now === undefined) throw new Error('the object is not there');
    const { stored } = admit(this.#model.subject, spec, now.spec);
    await this.lab.kubernetes.replace(this.#model.subject.resource, { ...now, spec: stored } as KubeObject);
  }

  /** Status and Azure, without the ids that Azure makes up. */
  async state(): Promise<State> {
    const { observedGeneration: _, ...status } = ((await this.#object())?.status ?? {}) as Record<
      string,
      unknown
    >;
    const inventory = status['inventory'] as { id: string }[] | undefined;
    inventory?.sort((one, other) => (one.id < other.id ? -1 : 1));
    return anonymous({ status, azure: this.lab.portal.picture() });
  }
}

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** `Ready` stays as it was, and is not there when the object was created so. */
function suspended({ status }: Living): string[] {
  const says = status?.conditions?.some(({ type, status: is }) => type === 'Suspended' && is === 'True');
  return says ? [] : ['the condition Suspended does not say so'];
}

/** Ids that Azure makes up anew for whatever is made anew; those of the estate begin with zeros. */
export function anonymous<T>(value: T): T {
  const made = /(?!0{8})[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  return JSON.parse(JSON.stringify(value).replaceAll(made, 'guid')) as T;
}

/** The API server's own words for a wrong shape are its own affair; our rules say what to do. */
function unhelpful(problems: readonly string[]): string[] {
  if (problems.length === 0) return ['refused without a word'];
  return problems
    .filter((problem) => problem.length < 15)
    .map((problem) => `no sentence that helps: ${problem}`);
}
