import { VirtualClock } from '../../clock.ts';
import { seededRandom } from '../../laboratory.ts';
import { smallSeed } from '../../small-seed.ts';
import { requestFor } from '../ask.ts';
import type { ArmResponse } from '../http.ts';
import { plant } from '../seed.ts';
import { AzureWorld, type WorldOptions } from '../world.ts';

/** A dialogue with a simulated Azure of its own, written down so that two of them can be compared word by word. */
export class Script {
  readonly clock = new VirtualClock();
  readonly world: AzureWorld;
  readonly #lines: string[];
  readonly #names = new Map<string, string>();

  constructor(title: string, options: Partial<WorldOptions> = {}) {
    this.world = new AzureWorld({ clock: this.clock, random: seededRandom(), ...options });
    plant(this.world, smallSeed);
    this.#lines = [`# ${title}`];
  }

  /** Asks, and writes question and answer down; whole, or the status and headers alone. */
  ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): ArmResponse {
    const answer = this.quietly(method, path, body, headers);
    const sent = [body === undefined ? '' : JSON.stringify(body), ...Object.entries(headers).flat()];
    this.note(['', '>', method, path, ...sent.filter((part) => part !== '')].join(' ').trim());
    this.note(`< ${answer.status}`);
    for (const name of Object.keys(answer.headers).sort((one, other) => (one < other ? -1 : 1)))
      this.note(`< ${name}: ${answer.headers[name]}`);
    if (answer.body !== '') this.note(prettily(answer.body));
    return answer;
  }

  /** Asks without writing anything down. */
  quietly(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): ArmResponse {
    return this.world.handle(requestFor(method, path, body, headers));
  }

  /** Asks for an operation, and follows it second by second until it has ended. */
  async follow(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<void> {
    const begun = this.ask(method, path, body, headers);
    const address = begun.headers['azure-asyncoperation'];
    if (address === undefined) return this.note('(no operation)');
    this.ask('GET', address);
    let seconds = 0;
    while (seconds < 120 && statusIn(this.quietly('GET', address)) === 'InProgress') {
      await this.clock.advance(1_000);
      seconds += 1;
    }
    this.note(`(after ${seconds} s)`);
    this.ask('GET', address);
    const result = begun.headers['location'];
    if (result !== undefined) this.ask('GET', result);
  }

  async wait(seconds: number): Promise<void> {
    await this.clock.advance(seconds * 1_000);
    this.note(`(${seconds} s later)`);
  }

  note(text: string): void {
    this.#lines.push(text);
  }

  /** GUIDs are numbered as they come, so that one more of them does not change the names of all others. */
  text(): string {
    const guid = /(?!0{8}-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
    return this.#lines
      .join('\n')
      .replaceAll(guid, (found) => {
        const name = this.#names.get(found) ?? `<${this.#names.size + 1}>`;
        this.#names.set(found, name);
        return name;
      })
      .replaceAll(/(<\d+>)\1+/g, '$1 and so on');
  }
}

function statusIn({ body }: ArmResponse): unknown {
  return body === '' ? undefined : (JSON.parse(body) as { status?: unknown }).status;
}

function prettily(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 1);
  } catch {
    return body;
  }
}
