import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { permissionsPage } from './manifests/azure-permissions.ts';
import { roleFiles } from './manifests/azure-role.ts';
import { customResourceDefinition } from './manifests/crd.ts';
import { referencePage } from './manifests/reference.ts';
import { runbookPage } from './manifests/runbook.ts';
import { typeScript } from './manifests/types.ts';
import { associationKind } from '../src/api/schema/association.ts';
import { scopeKind } from '../src/api/schema/scope.ts';
import { sliceKind } from '../src/api/schema/slice.ts';

/** Writes everything that is generated from the schema and other tables; with --check only says what is stale. */

const kinds = [scopeKind, associationKind, sliceKind];

async function generated(): Promise<Map<string, string>> {
  const style = (await resolveConfig('src/api/types.ts')) ?? {};
  const files = new Map<string, string>();
  files.set('src/api/types.ts', await format(typeScript(kinds), { ...style, parser: 'typescript' }));
  for (const kind of kinds) {
    const file = `crds/arcprivatelink.io_${kind.plural}.yaml`;
    files.set(
      file,
      stringify(customResourceDefinition(kind), { lineWidth: 0, aliasDuplicateObjects: false }),
    );
  }
  files.set('docs/reference.md', referencePage(kinds));
  files.set('docs/runbook.md', runbookPage());
  files.set('docs/azure-permissions.md', permissionsPage());
  for (const [path, content] of roleFiles()) files.set(path, content);
  return files;
}

function current(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const files = await generated();
const stale = [...files].filter(([path, content]) => current(path) !== content).map(([path]) => path);
if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`Stale, run \`make manifests\` and commit: ${stale.join(', ')}`);
    process.exitCode = 1;
  }
} else {
  for (const path of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, files.get(path) ?? '');
  }
  console.log(stale.length === 0 ? 'Nothing changed.' : `Wrote ${stale.join(', ')}.`);
}
