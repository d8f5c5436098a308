import { walk, type Course, type Milestone } from './chain.ts';
import type { Life } from './lives.ts';
import { Place } from './place.ts';
import type { Attempt } from '../campaign.ts';

/** One cluster for many attempts, with the lives lived once without trouble, for the others to be held against. */
export class Ground {
  /** At which calls processes were killed, on all walks. */
  readonly strikes: string[] = [];
  readonly #course: readonly Life[];
  #laid: { place: Place; wanted: ReadonlyMap<string, Milestone> } | undefined;

  constructor(course: readonly Life[]) {
    this.#course = course;
  }

  /** Walks on it; it is laid when it is first needed, and anew when something was left lying about. */
  async walk(course: Course): Promise<string[]> {
    const { place, wanted } = (this.#laid ??= await this.#lay());
    let problems: string[] | undefined;
    try {
      const walked = await walk(place, { course: this.#course, ...course, wanted });
      ({ problems } = walked);
      this.strikes.push(...walked.strikes);
      return problems;
    } finally {
      if (problems?.length !== 0) await this.clear();
    }
  }

  async clear(): Promise<void> {
    await this.#laid?.place.close();
    this.#laid = undefined;
  }

  async #lay(): Promise<{ place: Place; wanted: ReadonlyMap<string, Milestone> }> {
    const place = await Place.open();
    const { milestones, problems } = await walk(place, { course: this.#course });
    if (problems.length === 0) return { place, wanted: milestones };
    await place.close();
    throw new Error(`already without trouble: ${problems.join('\n')}`);
  }
}

/** An attempt on ground of its own. */
export function alone(id: string, lives: readonly Life[], course: Course): Attempt {
  return {
    id,
    async run() {
      const ground = new Ground(lives);
      try {
        return await ground.walk(course);
      } finally {
        await ground.clear();
      }
    },
  };
}
