import { isDeepStrictEqual } from 'node:util';
import type { ArcPrivateLinkScope } from '../../api/types.ts';
import { timestamp, type Clock, type Timer } from '../../base/clock.ts';
import { each } from '../../base/each.ts';
import { jitter, type Random } from '../../base/random.ts';
import type { Answer, Ask } from '../../resolve/ask.ts';
import { keyOf, keyText, type Key } from '../../runtime/object.ts';
import type { Lister } from '../../runtime/reconciler.ts';
import { checksOf, type Check, type Resolving, type Verified } from './checks.ts';
import { judge, shown } from './judge.ts';

export interface VerifierOptions {
  scopes: Lister<ArcPrivateLinkScope>;
  ask: Ask;
  resolving: Resolving;
  /** Whether the object is one of this operator's; others of a fleet ask for theirs. */
  worksOn: (object: ArcPrivateLinkScope) => boolean;
  clock: Clock;
  random: Random;
  /** Told when what was found of an object has changed. */
  changed: (key: Key) => void;
}

/** One object's rounds. */
interface Rounds {
  /** What is asked; another one begins at once. */
  asked: readonly Check[];
  found: readonly Verified[] | undefined;
  timer: Timer;
}

/** Resolvers of one object that are asked at once, and rounds of all objects. */
const resolversAtOnce = 5;
const roundsAtOnce = 10;

/**
 * Asks resolvers for the endpoints' names, beside the workers: an object is woken only when an answer has changed. What
 * was found is lost with the process, and stands in the status until the first round of the next one.
 */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #rounds = new Map<string, Rounds>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #signal: AbortSignal | undefined;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  get resolving(): Resolving {
    return this.#options.resolving;
  }

  /** What was found last; undefined before the first round of this process is over. */
  found({ metadata }: ArcPrivateLinkScope): readonly Verified[] | undefined {
    return this.#rounds.get(keyText(keyOf({ metadata })))?.found;
  }

  /** Works until the signal aborts: one that does not lead asks nothing. */
  run(signal: AbortSignal): void {
    this.#signal = signal;
    for (const object of this.#options.scopes.list()) this.consider(object);
    signal.addEventListener('abort', () => {
      for (const { timer } of this.#rounds.values()) timer.cancel();
      this.#rounds.clear();
    });
  }

  /** To be told of every change of an object; what it asks for begins, changes or ends its rounds. */
  consider({ metadata }: Pick<ArcPrivateLinkScope, 'metadata'>): void {
    if (this.#signal === undefined || this.#signal.aborted) return;
    const key = keyOf({ metadata });
    const asked = this.#asked(key);
    const rounds = this.#rounds.get(keyText(key));
    if (asked.length === 0) {
      rounds?.timer.cancel();
      this.#rounds.delete(keyText(key));
      return;
    }
    if (rounds !== undefined && isDeepStrictEqual(rounds.asked, asked)) return;
    rounds?.timer.cancel();
    this.#schedule(key, { asked, found: undefined }, 0);
  }

  #asked(key: Key): readonly Check[] {
    const object = this.#options.scopes.get(key);
    if (object === undefined || !this.#options.worksOn(object)) return [];
    const isLeft = object.spec.suspend || object.metadata.deletionTimestamp !== undefined;
    return isLeft ? [] : checksOf(object, this.#options.resolving).checks;
  }

  #schedule(key: Key, rounds: Omit<Rounds, 'timer'>, delayMs: number): void {
    const timer = this.#options.clock.after(delayMs, () => void this.#round(key));
    this.#rounds.set(keyText(key), { ...rounds, timer });
  }

  async #round(key: Key): Promise<void> {
    await this.#turn();
    try {
      const rounds = this.#rounds.get(keyText(key));
      const object = this.#options.scopes.get(key);
      const signal = this.#signal;
      if (rounds !== undefined && object !== undefined && signal?.aborted === false)
        await this.#examineAll(object, rounds, signal);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #examineAll(object: ArcPrivateLinkScope, rounds: Rounds, signal: AbortSignal): Promise<void> {
    const { spec, status } = object;
    if (spec.dnsVerification === undefined) return;
    const { intervalSeconds, timeoutSeconds } = spec.dnsVerification;
    const results = await each(rounds.asked, resolversAtOnce, (check) =>
      this.#examine(check, timeoutSeconds * 1_000, signal),
    );
    // Meanwhile something else may be asked for, or nothing.
    const key = keyOf(object);
    if (signal.aborted || this.#rounds.get(keyText(key)) !== rounds) return;
    const before = rounds.found ?? status?.dnsVerification ?? [];
    const found = results.map((result) => this.#since(result, before));
    this.#schedule(key, { ...rounds, found }, jitter(intervalSeconds * 1_000, 0.1, this.#options.random));
    if (!isDeepStrictEqual(found, rounds.found)) this.#options.changed(key);
  }

  /** Waits until fewer than so many rounds are under way. */
  async #turn(): Promise<void> {
    if (this.#running >= roundsAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
  }

  /** Asks for one name after the other, up to the first that differs. */
  async #examine(check: Check, timeoutMs: number, signal: AbortSignal): Promise<Omit<Verified, 'since'>> {
    const { resolver, privateEndpoint, names, others } = check;
    for (const { fqdn, addresses } of names) {
      const answer = await this.#ask(check, fqdn, timeoutMs, signal);
      const result = judge(answer, addresses, others);
      if (result !== 'Verified') return { resolver, privateEndpoint, result, fqdn, answers: shown(answer) };
    }
    return { resolver, privateEndpoint, result: 'Verified' };
  }

  /** A datagram may be lost: silence over UDP is believed the second time. */
  async #ask({ server }: Check, fqdn: string, timeoutMs: number, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#options.ask(server, fqdn, timeoutMs, signal);
    if (answer.is !== 'silent' || server.protocol === 'TCP') return answer;
    return await this.#options.ask(server, fqdn, timeoutMs, signal);
  }

  /** Since when it is so: what was found before, in the same words, goes on. */
  #since(result: Omit<Verified, 'since'>, before: readonly Verified[]): Verified {
    const same = before.find((one) => isDeepStrictEqual(one, { ...result, since: one.since }));
    return same ?? { ...result, since: timestamp(this.#options.clock.now()) };
  }
}
