import { describe, expect, it } from '@jest/globals';
import { unanswered } from './authentication-errors.ts';
import { Tokens, type IssuedToken, type TokenSource } from './tokens.ts';
import { asOperatorError, transient, waiting, type OperatorError } from '../base/errors.ts';
import { silentLogger } from '../base/log.ts';
import { VirtualClock } from '../../test/world/clock.ts';

const minute = 60_000;
const hour = 60 * minute;

/** An Entra ID of which each request is answered as told; the signals of those that were given up are aborted. */
class Authority {
  readonly clock = new VirtualClock();
  readonly asked: { atMs: number; signal: AbortSignal; claims?: string }[] = [];
  lifeMs = hour;
  answer: () => Promise<IssuedToken> = () => this.issue();
  readonly tokens: Tokens;

  constructor() {
    const source: TokenSource = (request) => {
      this.asked.push({ atMs: this.clock.monotonic(), ...request });
      return this.answer();
    };
    const silence = unanswered({ kind: 'clientSecret', tenantId: 't', clientId: 'c', clientSecret: 's' });
    const { clock } = this;
    this.tokens = new Tokens({ identity: 't/c', source, silence, clock, log: silentLogger });
  }

  issue(): Promise<IssuedToken> {
    const expiresOnTimestamp = this.clock.now() + this.lifeMs;
    return Promise.resolve({ token: `token ${this.asked.length}`, expiresOnTimestamp });
  }

  silent(): void {
    this.answer = () => new Promise(() => {});
  }

  refuse(trace = 'a'): void {
    this.answer = () => Promise.reject(waiting('AuthenticationFailed', `It is refused. Trace ${trace}.`));
  }

  /** What a call gets, and after how long; the clock moves on until it has ended. */
  async call(): Promise<{ token?: string; error?: OperatorError; afterMs: number }> {
    const begun = this.clock.monotonic();
    let ended: { token?: string; error?: OperatorError } | undefined;
    void this.tokens.get().then(
      (token) => (ended = { token }),
      (error: unknown) => (ended = { error: asOperatorError(error) }),
    );
    await this.clock.advance(0);
    await this.clock.until(() => ended !== undefined, hour, 100);
    return { ...ended, afterMs: this.clock.monotonic() - begun };
  }

  /** An object that comes back when it is told to, until its call succeeds; at which time that was. */
  async succeeds(): Promise<number> {
    for (;;) {
      const { error } = await this.call();
      if (error === undefined) return this.clock.monotonic();
      await this.clock.advance(error.retryAfterMs ?? 15_000);
    }
  }
}

describe("an identity's token", () => {
  it('is asked for once, however many calls want it', async () => {
    const authority = new Authority();
    const all = await Promise.all(Array.from({ length: 1_000 }, () => authority.tokens.get()));
    expect(new Set(all)).toEqual(new Set(['token 1']));
    expect(authority.asked).toHaveLength(1);
  });

  it('is renewed five minutes before its end, and no call waits for that', async () => {
    const authority = new Authority();
    await authority.call();
    await authority.clock.advance(54 * minute);
    await authority.call();
    expect(authority.asked).toHaveLength(1);
    await authority.clock.advance(2 * minute);
    expect(await authority.call()).toEqual({ token: 'token 1', afterMs: 0 });
    expect(await authority.call()).toEqual({ token: 'token 2', afterMs: 0 });
  });

  it('that cannot be renewed serves to its end, and only then do calls fail and say why', async () => {
    const authority = new Authority();
    await authority.call();
    authority.refuse();
    await authority.clock.advance(56 * minute);
    for (let at = 56 * minute; at < hour; at += 5_000) {
      expect((await authority.call()).token).toBe('token 1');
      await authority.clock.advance(5_000);
    }
    expect((await authority.call()).error?.reason).toBe('AuthenticationFailed');
  });

  it('that lives for less than ten minutes is renewed at half its life, not with every call', async () => {
    const authority = new Authority();
    authority.lifeMs = 2 * minute;
    await authority.call();
    await authority.clock.advance(50_000);
    await authority.call();
    expect(authority.asked).toHaveLength(1);
  });

  it('serves half a minute where a wrong clock says that it has ended', async () => {
    const authority = new Authority();
    authority.lifeMs = -2 * hour;
    for (let count = 0; count < 20; count += 1) {
      expect((await authority.call()).error).toBeUndefined();
      await authority.clock.advance(1_000);
    }
    expect(authority.asked.length).toBeLessThanOrEqual(2);
  });

  it('that is refused is asked for a few times a minute, not by every one of a thousand calls', async () => {
    const authority = new Authority();
    authority.refuse();
    for (let second = 0; second < 60; second += 1) {
      const calls = await Promise.allSettled(Array.from({ length: 20 }, () => authority.tokens.get()));
      expect(calls.every(({ status }) => status === 'rejected')).toBe(true);
      await authority.clock.advance(1_000);
    }
    expect(authority.asked.length).toBeLessThan(8);
  });

  it('that is refused again and again is told in the same words, whatever the trace id', async () => {
    const authority = new Authority();
    authority.refuse('first');
    const before = (await authority.call()).error?.message;
    await authority.clock.advance(minute);
    authority.refuse('second');
    expect((await authority.call()).error?.message).toBe(before);
    expect(authority.asked).toHaveLength(2);
  });

  it('is not asked for before the Retry-After of a busy Entra ID is over', async () => {
    const authority = new Authority();
    const busy = transient('AuthenticationUnavailable', 'Busy.', { retryAfterMs: 120_000 });
    authority.answer = () => Promise.reject(busy);
    expect((await authority.call()).error?.retryAfterMs).toBe(120_000);
    await authority.clock.advance(119_000);
    await authority.call();
    expect(authority.asked).toHaveLength(1);
    authority.answer = () => authority.issue();
    await authority.clock.advance(2_000);
    expect(await authority.succeeds()).toBeLessThan(127_000);
  });
});

describe('while Entra ID is silent', () => {
  it('the first call ends after seconds, the others at once, and the request is given up', async () => {
    const authority = new Authority();
    authority.silent();
    const first = await authority.call();
    expect(first.error).toMatchObject({ kind: 'transient', reason: 'AuthenticationUnavailable' });
    expect(first.error?.message).toContain('does not answer for client c');
    expect(first.error?.retryAfterMs).toBeLessThanOrEqual(15_000);
    expect(first.afterMs).toBe(5_000);
    expect((await authority.call()).afterMs).toBe(0);
    await authority.clock.advance(10_000);
    expect(authority.asked[0]?.signal.aborted).toBe(true);
  });

  it('no worker is held any more, for hours', async () => {
    const authority = new Authority();
    authority.silent();
    await authority.call();
    let held = 0;
    for (const end = authority.clock.monotonic() + hour; authority.clock.monotonic() < end;) {
      const { error, afterMs } = await authority.call();
      held += afterMs;
      await authority.clock.advance(error?.retryAfterMs ?? 0);
    }
    expect(held).toBe(0);
    expect(authority.asked.length).toBeLessThan(200);
  });

  it.each([0, 3, 7, 14, 16, 21, 33, 61, 3_600])(
    'and answers again after %d s, work goes on within half a minute',
    async (seconds) => {
      const authority = new Authority();
      authority.silent();
      const answersAt = seconds * 1_000;
      authority.clock.after(answersAt, () => (authority.answer = () => authority.issue()));
      expect((await authority.succeeds()) - answersAt).toBeLessThanOrEqual(30_000);
    },
  );

  it('a token that is kept serves as before', async () => {
    const authority = new Authority();
    await authority.call();
    authority.silent();
    await authority.clock.advance(58 * minute);
    expect(await authority.call()).toEqual({ token: 'token 1', afterMs: 0 });
  });

  it('an answer that comes after the call has ended serves the next', async () => {
    const authority = new Authority();
    authority.answer = async () => {
      await authority.clock.sleep(12_000);
      return await authority.issue();
    };
    expect((await authority.call()).error).toBeDefined();
    await authority.clock.advance(8_000);
    expect(await authority.call()).toEqual({ token: 'token 1', afterMs: 0 });
  });
});

describe('a token that Azure refuses', () => {
  it('is replaced once, however many calls it was refused to', async () => {
    const authority = new Authority();
    await authority.call();
    await authority.clock.advance(minute);
    expect(authority.tokens.refused('token 1')).toBe(true);
    expect(authority.tokens.refused('token 1')).toBe(true);
    const all = await Promise.all(Array.from({ length: 20 }, () => authority.tokens.get()));
    expect(new Set(all)).toEqual(new Set(['token 2']));
  });

  it('when it has just been had is not to blame: Entra ID is not asked with every call', async () => {
    const authority = new Authority();
    await authority.call();
    expect(authority.tokens.refused('token 1')).toBe(false);
    await authority.clock.advance(31_000);
    expect(authority.tokens.refused('token 1')).toBe(true);
  });

  it('is replaced at once with the claims that Azure demands, which are asked for once', async () => {
    const authority = new Authority();
    await authority.call();
    expect(authority.tokens.refused('token 1', '{"a":1}')).toBe(true);
    await authority.call();
    expect(authority.asked.map(({ claims }) => claims)).toEqual([undefined, '{"a":1}']);
    expect(authority.tokens.refused('token 2', '{"a":1}')).toBe(false);
  });
});
