import { describe, expect, it } from '@jest/globals';
import { findings, impurities } from './source-rules.ts';

function check(path: string, text: string): string[] {
  const resolveImport = (name: string): string => name.replace(/^(\.\.\/)+/, 'src/');
  return findings({ path, text, resolveImport });
}

describe('the source rules', () => {
  it.each([
    [
      'src/runtime/queue.ts',
      "import { sameId } from '../azure/ids.ts';",
      'src/runtime may not import from src/azure',
    ],
    [
      'src/scope/plan.ts',
      "import { x } from '../association/plan.ts';",
      'may not import from src/association',
    ],
    [
      'src/api/types.ts',
      "import type { Key } from '../runtime/object.ts';",
      'may not import from src/runtime',
    ],
    ['src/scope/plan.ts', "import { NetworkManagementClient } from '@azure/arm-network';", 'only src/azure'],
    ['src/scope/plan.ts', 'const now = Date.now();', 'Date.now() belongs to src/base/clock.ts'],
    ['src/scope/plan.ts', 'const now = new Date();', 'new Date() belongs to'],
    ['src/azure/throttle.ts', 'setTimeout(run, 5);', 'timers belongs to'],
    ['src/azure/throttle.ts', 'return Math.random();', 'Math.random() belongs to'],
    ['src/main.ts', 'const home = process.env.HOME;', 'process.env belongs to src/config.ts'],
  ])('refuse %s saying %s', (path, text, problem) => {
    expect(check(path, text)).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['src/scope/plan.ts', "import { sameId } from '../azure/ids.ts';"],
    ['src/base/clock.ts', 'now: () => Date.now(),'],
    ['src/scope/plan.ts', '// Date.now() is not for here'],
    ['src/scope/plan.ts', 'return new Date(milliseconds).toISOString();'],
    ['src/main.ts', "import { createScopeReconciler } from './scope/reconcile.ts';"],
  ])('let %s pass with %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });
});

describe('a file that decides', () => {
  const sources = (files: Record<string, string>) =>
    Object.entries(files).map(([path, text]) => ({
      path,
      text,
      resolveImport: (name: string) => name.replace(/^(\.\.\/)+/, 'src/').replace(/^\.\//, 'src/scope/'),
    }));

  it('may not reach what can act, however long the way', () => {
    const found = impurities(
      sources({
        'src/scope/concerns/dns.ts': "import { a } from '../../scope/names.ts';",
        'src/scope/names.ts': "import { b } from '../azure/clients.ts';",
      }),
    );
    expect(found).toEqual([
      'src/scope/concerns/dns.ts: decides, and may not reach src/scope/names.ts → src/azure/clients.ts',
    ]);
  });

  it('may know the types of what acts, ids and reasons', () => {
    const found = impurities(
      sources({
        'src/domain/ranks.ts':
          "import type { Clients } from '../azure/clients.ts';\nimport { sameId } from '../azure/ids.ts';\nimport { fault } from '../api/reasons.ts';",
      }),
    );
    expect(found).toEqual([]);
  });
});
