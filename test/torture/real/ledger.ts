import type { ArmRequest, ArmResponse } from '../../world/azure/http.ts';
import type { AzureWorld } from '../../world/azure/world.ts';

/** What Azure accepted: each write by what it was to; and what came and what went, whoever caused it. */
export class Ledger {
  readonly #world: AzureWorld;
  #page = newPage();
  #present: ReadonlySet<string>;

  constructor(world: AzureWorld) {
    this.#world = world;
    this.#present = this.#ids();
  }

  /** Begins a new page and gives the old one. */
  turn(): Page {
    this.#look();
    const page = this.#page;
    this.#page = newPage();
    return page;
  }

  /**
   * Zones and links are made with `If-None-Match: *`: Azure does not show them while it is at it, and a repetition
   * cannot make a second one, so only the first counts.
   */
  enter({ method, url, headers }: ArmRequest, send: () => ArmResponse): ArmResponse {
    // What Azure did since the call before.
    this.#look();
    const response = send();
    this.#look();
    const call = `${method} ${decodeURIComponent(url.pathname).toLowerCase()}`;
    const { accepted } = this.#page;
    if (method === 'GET' || response.status >= 300) return response;
    if (headers['if-none-match'] === '*' && accepted.has(call)) return response;
    count(accepted, call);
    return response;
  }

  #look(): void {
    const now = this.#ids();
    const { came, went } = this.#page;
    for (const id of now) if (!this.#present.has(id)) count(came, id);
    for (const id of this.#present) if (!now.has(id)) count(went, id);
    this.#present = now;
  }

  #ids(): Set<string> {
    return new Set(this.#world.resources.all().map(({ id }) => id.toLowerCase()));
  }
}

export interface Page {
  readonly accepted: Map<string, number>;
  /** Ids of resources that were not there before, and of those that were there and are not any more; how often. */
  readonly came: Map<string, number>;
  readonly went: Map<string, number>;
}

const newPage = (): Page => ({ accepted: new Map(), came: new Map(), went: new Map() });

/** What Azure makes up anew in names and ids; those of the seed begin with zeros. */
export const guid = /(?!0{8})[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function count(counts: Map<string, number>, what: string): void {
  const name = what.replaceAll(guid, 'guid');
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/**
 * Where the page differs from that of the life without kills. A write whose answer died with the process may be sent once
 * more, for each process that died; everything comes and goes as often as there, and nothing else is written.
 */
export function differences(page: Page, wanted: Page, kills: number): string[] {
  const said: string[] = [];
  for (const [call, times] of page.accepted) {
    const most = wanted.accepted.get(call);
    if (most === undefined) said.push(`never asked for: ${call}`);
    else if (times > most + kills) said.push(`${times} instead of ${most}: ${call}`);
  }
  for (const call of wanted.accepted.keys()) if (!page.accepted.has(call)) said.push(`left out: ${call}`);
  return [
    ...said,
    ...otherTimes('came', page.came, wanted.came),
    ...otherTimes('went', page.went, wanted.went),
  ];
}

function otherTimes(
  what: string,
  found: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number>,
): string[] {
  return [...new Set([...found.keys(), ...wanted.keys()])].flatMap((id) => {
    const [times, usual] = [found.get(id) ?? 0, wanted.get(id) ?? 0];
    return times === usual ? [] : [`${what} ${times} times, not ${usual}: ${id}`];
  });
}
