import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { installLastResort } from './last-resort.ts';
import { createMetrics } from './metrics.ts';
import type { Logger } from '../base/log.ts';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

function start() {
  const process = new FakeProcess();
  const metrics = createMetrics();
  const logged: { fields: Record<string, unknown>; message: string }[] = [];
  const error = (fields: Record<string, unknown>, message: string): void =>
    void logged.push({ fields, message });
  installLastResort(process, { error } as unknown as Logger, metrics);
  const counted = async (): Promise<string | undefined> =>
    (await metrics.text()).split('\n').find((line) => line.startsWith('unhandled_rejections_total'));
  return { process, logged, counted };
}

describe('a rejection that nobody awaits', () => {
  it('is logged as an error with its stack and that of its cause, and counted, and the process goes on', async () => {
    const { process, logged, counted } = start();
    expect(await counted()).toBe('unhandled_rejections_total 0');
    const cause = new TypeError('the token was refused');
    process.emit('unhandledRejection', new Error('no token', { cause }));
    expect(logged).toEqual([
      {
        fields: {
          error: 'no token',
          stack: expect.stringMatching(
            /^Error: no token\n {4}at [^]*\ncaused by: TypeError: the token was refused\n {4}at /,
          ),
        },
        message: expect.stringContaining('unhandled rejection'),
      },
    ]);
    expect(await counted()).toBe('unhandled_rejections_total 1');
    expect(process.exits).toEqual([]);
  });

  it('may be of any value, and brings nothing into the log but its text and stack', () => {
    const { process, logged } = start();
    process.emit('unhandledRejection', 'just text');
    const request = { headers: { authorization: 'Bearer secret-token' } };
    process.emit('unhandledRejection', Object.assign(new Error('refused'), { request }));
    expect(logged.map(({ fields }) => fields['error'])).toEqual(['just text', 'refused']);
    expect(JSON.stringify(logged)).not.toContain('secret-token');
  });
});

describe('an exception that nobody catches', () => {
  it('is logged, and ends the process with 1', () => {
    const { process, logged } = start();
    process.emit('uncaughtException', new Error('broken'));
    expect(logged[0]?.fields).toMatchObject({ error: 'broken', stack: expect.stringContaining('at ') });
    expect(process.exits).toEqual([1]);
  });
});
