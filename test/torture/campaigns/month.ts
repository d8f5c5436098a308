import type { Attempt, Campaign } from '../campaign.ts';
import { Month } from '../month/run.ts';
import { Steadiness } from '../month/steadiness.ts';

/**
 * Thirty days with a thousand servers. An attempt is a day; days follow one another on the same estate, so that one
 * is repeated by living through those before it. `42/1000/3`: the third day of the month with seed 42.
 */

const days = 30;
const servers = 1000;
/** What `make test` lives through: the first attempt is a day of so many. */
const few = 60;

interface Position {
  seed: number;
  servers: number;
  day: number;
}

const textOf = ({ seed, servers: count, day }: Position): string => `${seed}/${count}/${day}`;

/** A month that is lived through in order; a day that is asked for out of order begins a new one. */
class Course {
  readonly #seed: number;
  readonly #servers: number;
  readonly #steadiness = new Steadiness();
  #month: Month | undefined;
  #day = 0;

  constructor(seed: number, count: number) {
    this.#seed = seed;
    this.#servers = count;
  }

  async day(day: number): Promise<string[]> {
    if (day <= this.#day) await this.end();
    this.#month ??= await Month.begin(this.#seed, this.#servers);
    let lines: string[] = [];
    while (this.#day < day) {
      this.#day += 1;
      lines = await this.#month.day();
      if (lines.length > 0) lines.push(`that day: ${this.#month.told.join(', ')}`);
      lines.push(...this.#steadiness.check(this.#day));
    }
    return lines;
  }

  async end(): Promise<string[]> {
    const lines = [...(this.#month?.end() ?? [])];
    await this.#month?.stop();
    this.#month = undefined;
    this.#day = 0;
    return lines;
  }
}

function attempt(position: Position, course: Course, isLast: boolean): Attempt {
  const { seed, servers: count, day } = position;
  return {
    id: textOf(position),
    async run() {
      const lines = await course.day(day);
      return isLast ? [...lines, ...(await course.end())] : lines;
    },
    *smaller() {
      if (count > few) yield alone({ seed, servers: few, day });
      for (let other = 1; other < day; other += 1)
        yield alone({ seed: seed + other, servers: count, day: 1 });
    },
  };
}

const alone = (position: Position): Attempt =>
  attempt(position, new Course(position.seed, position.servers), true);

export const month: Campaign = {
  name: 'month',
  tries:
    'thirty days of portal edits, faults, restarts and changes with 1,000 servers: nobody is touched outside the rules, cut off unasked, or forgotten',
  slice: 1,
  *attempts(seed) {
    yield alone({ seed, servers: few, day: 1 });
    for (let own = seed; ; own += 1) {
      const course = new Course(own, servers);
      for (let day = 1; day <= days; day += 1)
        yield attempt({ seed: own, servers, day }, course, day === days);
    }
  },
  attempt(id) {
    const [, seed = '', count = '', day = ''] = /^(\d+)\/(\d+)\/(\d+)$/.exec(id) ?? [];
    if (day === '') throw new Error(`the month has no attempt ${id}: it is SEED/SERVERS/DAY`);
    return Promise.resolve(alone({ seed: Number(seed), servers: Number(count), day: Number(day) }));
  },
};
