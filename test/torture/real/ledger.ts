import type { ArmRequest, ArmResponse } from '../../world/azure/http.ts';
import type { AzureWorld } from '../../world/azure/world.ts';

/** What Azure accepted: each write by what it was to, and what was made that was not there. */
export class Ledger {
  readonly #world: AzureWorld;
  accepted = new Map<string, number>();
  created = new Map<string, number>();

  constructor(world: AzureWorld) {
    this.#world = world;
  }

  /** Begins a new page and gives the old one. */
  turn(): Page {
    const page = { accepted: this.accepted, created: this.created };
    this.accepted = new Map();
    this.created = new Map();
    return page;
  }

  /**
   * Zones and links are made with `If-None-Match: *`: Azure does not show them while it is at it, and a repetition
   * cannot make a second one, so only the first counts.
   */
  enter({ method, url, headers }: ArmRequest, send: () => ArmResponse): ArmResponse {
    const id = decodeURIComponent(url.pathname).toLowerCase();
    const wasThere = this.#world.resources.get(id) !== undefined;
    const response = send();
    const call = `${method} ${id}`;
    if (method === 'GET' || response.status >= 300) return response;
    if (headers['if-none-match'] === '*' && this.accepted.has(call)) return response;
    this.accepted.set(call, (this.accepted.get(call) ?? 0) + 1);
    if (method === 'PUT' && !wasThere) this.created.set(id, (this.created.get(id) ?? 0) + 1);
    return response;
  }
}

export interface Page {
  readonly accepted: ReadonlyMap<string, number>;
  readonly created: ReadonlyMap<string, number>;
}

/**
 * What is more on the page than in the life without kills. A write whose answer died with the process may be sent once
 * more, for each process that died; nothing is made twice, and nothing else is written.
 */
export function surplus(page: Page, wanted: Page, kills: number): string[] {
  const said: string[] = [];
  for (const [call, times] of page.accepted) {
    const most = wanted.accepted.get(call);
    if (most === undefined) said.push(`never asked for: ${call}`);
    else if (times > most + kills) said.push(`${times} instead of ${most}: ${call}`);
  }
  for (const [id, times] of page.created)
    if (times > (wanted.created.get(id) ?? 0)) said.push(`made ${times} times: ${id}`);
  return said;
}
