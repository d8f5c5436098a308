import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { chartValues, valuesSchema, withValuesTable } from './chart.ts';
import { flags } from '../../src/flags.ts';

const chart = 'charts/arc-private-link-operator';

describe("the chart's values", () => {
  it('are described with the path and the default that Helm uses', () => {
    const text =
      '# -- How many.\ncount: 2\ngroup:\n  # -- A map.\n  map:\n    a: 1\n  # -- Last.\n  last: x\n';
    expect(chartValues(text)).toEqual([
      { path: 'count', description: 'How many.', default: 2 },
      { path: 'group.map', description: 'A map.', default: { a: 1 } },
      { path: 'group.last', description: 'Last.', default: 'x' },
    ]);
  });

  it('cannot be added without a description', () => {
    expect(() => chartValues('count: 2\n')).toThrow('count has no "# --" comment');
  });

  it('refuse unknown keys on every level that is theirs and leave the rest to Kubernetes', () => {
    const schema = valuesSchema(chartValues(readFileSync(`${chart}/values.yaml`, 'utf8')));
    expect(schema).toMatchObject({
      additionalProperties: false,
      properties: {
        image: { additionalProperties: false },
        metrics: { properties: { serviceMonitor: { additionalProperties: false } } },
        resources: { type: 'object' },
      },
    });
    expect(schema).not.toHaveProperty('properties.resources.additionalProperties');
  });

  it('set every flag of the operator', () => {
    const template = readFileSync(`${chart}/templates/deployment.yaml`, 'utf8');
    const missing = Object.keys(flags)
      .filter((flag) => !['version', 'help'].includes(flag))
      .filter((flag) => !template.includes(`- --${flag}=`));
    expect(missing).toEqual([]);
  });

  it('stand in the README between its marks and nowhere else', () => {
    const readme = 'a\n<!-- values: begin -->old<!-- values: end -->\nb';
    const written = withValuesTable(readme, [{ path: 'x', description: 'One | two', default: [] }]);
    expect(written).toMatch(/^a\n/);
    expect(written).toContain('| `x` | One \\| two | `[]` |');
    expect(written).not.toContain('old');
    expect(written).toMatch(/\nb$/);
  });
});
