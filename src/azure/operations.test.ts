import { describe, expect, it } from '@jest/globals';
import { Operations, type Poll } from './operations.ts';
import { VirtualClock } from '../../test/world/clock.ts';

const answer = (status: number, headers: Record<string, string>, body = ''): Poll => ({
  status,
  headers: { get: (name) => headers[name] },
  body,
});
const url = 'https://management.azure.com:443/operations/1?s=signed%2Fto+the+letter';
const accepted = answer(202, { 'azure-asyncoperation': url, 'retry-after': '10' });

describe('an operation under way', () => {
  const begin = () => {
    const clock = new VirtualClock();
    const operations = new Operations(clock, clock, 'https://management.azure.com');
    operations.begin('/a', 'PUT', accepted);
    const polled: string[] = [];
    const ask = (reply: Poll | undefined) =>
      operations.progress('/A', async (address) => {
        polled.push(address);
        return await Promise.resolve(reply);
      });
    return { clock, operations, polled, ask };
  };

  it('is not asked after before its Retry-After, and then at the very address that was given', async () => {
    const { clock, polled, ask } = begin();
    expect(await ask(undefined)).toEqual({ state: 'running', retryAfterMs: 10_000 });
    await clock.advance(10_000);
    expect(await ask(answer(200, {}, '{"status":"Succeeded"}'))).toEqual({ state: 'succeeded' });
    expect(polled).toEqual([url]);
  });

  it.each([
    [
      'private DNS, still running',
      answer(202, {}, '{"status":"InProgress"}'),
      { state: 'running', retryAfterMs: 2_000, asked: true },
    ],
    [
      'one that waits its turn',
      answer(200, {}, '{"status":"Queued"}'),
      { state: 'running', retryAfterMs: 2_000, asked: true },
    ],
    [
      'a failure within a 200',
      answer(200, {}, '{"status":"Failed","error":{"code":"PreconditionFailed","message":"m"}}'),
      { state: 'failed', code: 'PreconditionFailed', message: 'm.' },
    ],
    [
      'what failed inside',
      answer(
        200,
        {},
        '{"status":"Failed","error":{"code":"Odd","message":"m","details":[{"code":"ReferencedResourceNotProvisioned","message":"/vnet is Updating"}]}}',
      ),
      {
        state: 'failed',
        code: 'ReferencedResourceNotProvisioned',
        message: 'm. ReferencedResourceNotProvisioned: /vnet is Updating.',
      },
    ],
    [
      'one that somebody canceled',
      answer(200, {}, '{"status":"Canceled"}'),
      { state: 'failed', code: 'Canceled', message: 'Azure does not say why.' },
    ],
    ['a last 204', answer(204, {}), { state: 'succeeded' }],
    ['a record that has expired', undefined, undefined],
  ])('reads %s', async (_, reply, expected) => {
    const { clock, ask } = begin();
    await clock.advance(10_000);
    expect(await ask(reply)).toEqual(expected);
  });

  it.each([
    ['300', 300_000],
    ['Thu, 01 Jan 2026 00:05:10 GMT', 300_000],
  ])('is left alone for as long as Azure said, however long: %s', async (wait, expected) => {
    const { clock, polled, ask } = begin();
    await clock.advance(10_000);
    const running = answer(200, { 'retry-after': wait }, '{"status":"InProgress"}');
    expect(await ask(running)).toEqual({ state: 'running', retryAfterMs: expected, asked: true });
    await clock.advance(expected - 1);
    expect(await ask(undefined)).toEqual({ state: 'running', retryAfterMs: 1 });
    expect(polled).toHaveLength(1);
  });

  it('is asked after less and less often where Azure does not say when', async () => {
    const { clock, ask } = begin();
    await clock.advance(10_000);
    const waits: number[] = [];
    for (let poll = 0; poll < 5; poll += 1) {
      const progress = await ask(answer(200, {}, '{"status":"InProgress"}'));
      waits.push(progress?.state === 'running' ? progress.retryAfterMs : 0);
      await clock.advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('is forgotten when the address is not of this resource manager: a token would go there', async () => {
    const { operations, ask, polled } = begin();
    operations.begin('/a', 'PUT', answer(202, { location: 'https://evil.example/operations/1' }));
    expect(await ask(answer(200, {}))).toBeUndefined();
    expect(polled).toEqual([]);
  });
});
