import { describe, expect, it } from '@jest/globals';
import { fromCassette, fromPester } from './recordings.ts';
import { shapeDifferences } from './shape.ts';

describe('comparing the shapes of two answers', () => {
  it.each<[string, unknown, unknown, string[]]>([
    [
      'the same shape with other values',
      { id: 'a', n: [{ x: 1 }] },
      { id: 'b', n: [{ x: 2 }, { x: 3 }] },
      [],
    ],
    ['a missing key', { a: { b: 1 } }, { a: {} }, ['a.b is missing in the simulated answer']],
    ['a key too many', {}, { a: 1 }, ['a is only in the simulated answer']],
    ['another type', { a: '' }, { a: null }, ['a is string, simulated null']],
    ['an empty list for a full one', { a: [1] }, { a: [] }, ['a[] has 1 elements, simulated 0']],
    [
      'a state that differs',
      { provisioningState: 'Updating' },
      { provisioningState: 'Succeeded' },
      ['provisioningState is "Updating", simulated "Succeeded"'],
    ],
  ])('sees %s', (_, real, simulated, expected) => {
    expect(shapeDifferences(real, simulated).map(({ path, what }) => `${path} ${what}`)).toEqual(expected);
  });
});

describe('reading recordings', () => {
  it('takes the order of a Pester recording from its keys', () => {
    const entry = (path: string) => ({
      Request: { Method: 'GET', RequestUri: `https://management.azure.com/${path}` },
      Response: { StatusCode: 200, Headers: { 'Retry-After': ['5'] }, Content: '{}' },
    });
    const read = fromPester({ 'x+10': entry('tenth'), 'x+2': entry('second') });
    expect(read.map(({ url }) => url.pathname)).toEqual(['/second', '/tenth']);
    expect(read[0]?.headers).toEqual({ 'retry-after': '5' });
  });

  it('reads a VCR cassette', () => {
    const [exchange] = fromCassette({
      interactions: [
        {
          request: { method: 'PUT', uri: 'https://management.azure.com/a', body: null },
          response: { status: { code: 202 }, headers: { Location: ['x'] }, body: { string: '' } },
        },
      ],
    });
    expect(exchange).toMatchObject({
      method: 'PUT',
      requestBody: '',
      status: 202,
      headers: { location: 'x' },
    });
  });
});
