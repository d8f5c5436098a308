import { expect, test } from '@jest/globals';
import { chart } from './plot.ts';

const panel = (points: [number, number][]) => ({
  title: 'Peak memory',
  points: points.map(([x, y]) => ({ x, y, label: String(y) })),
  limits: [{ from: 1_000, to: 10_000, most: 128 }],
});

test('a higher value stands higher, more servers further to the right', () => {
  const svg = chart('servers', [
    panel([
      [1_000, 50],
      [10_000, 100],
    ]),
  ]);
  const [, few, many] = /points="([\d.]+,[\d.]+) ([\d.]+,[\d.]+)"/.exec(svg) ?? [];
  const [fewX = 0, fewY = 0] = (few ?? '').split(',').map(Number);
  const [manyX = 0, manyY = 0] = (many ?? '').split(',').map(Number);
  expect(manyX).toBeGreaterThan(fewX);
  expect(manyY).toBeLessThan(fewY);
});

test('one point alone can be drawn', () => {
  expect(chart('servers', [panel([[1_000, 50]])])).not.toContain('NaN');
});
