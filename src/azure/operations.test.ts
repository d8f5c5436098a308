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
    const operations = new Operations(clock, 'https://management.azure.com');
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
      { state: 'running', retryAfterMs: 2_000 },
    ],
    [
      'one that waits its turn',
      answer(200, {}, '{"status":"Queued"}'),
      { state: 'running', retryAfterMs: 2_000 },
    ],
    [
      'a failure within a 200',
      answer(200, {}, '{"status":"Failed","error":{"code":"PreconditionFailed","message":"m"}}'),
      { state: 'failed', code: 'PreconditionFailed', message: 'm' },
    ],
    ['a last 204', answer(204, {}), { state: 'succeeded' }],
    ['a record that has expired', undefined, undefined],
  ])('reads %s', async (_, reply, expected) => {
    const { clock, ask } = begin();
    await clock.advance(10_000);
    expect(await ask(reply)).toEqual(expected);
  });

  it('is forgotten when the address is not of this resource manager: a token would go there', async () => {
    const { operations, ask, polled } = begin();
    operations.begin('/a', 'PUT', answer(202, { location: 'https://evil.example/operations/1' }));
    expect(await ask(answer(200, {}))).toBeUndefined();
    expect(polled).toEqual([]);
  });
});
