import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { resultPages } from './bench/pages.ts';
import { current, writeGenerated } from './generated.ts';
import { permissionsPage } from './manifests/azure-permissions.ts';
import { roleFiles } from './manifests/azure-role.ts';
import { chartValues, valuesSchema, withValuesTable } from './manifests/chart.ts';
import { customResourceDefinition } from './manifests/crd.ts';
import { referencePage } from './manifests/reference.ts';
import { runbookPage } from './manifests/runbook.ts';
import { typeScript } from './manifests/types.ts';
import { associationKind } from '../src/api/schema/association.ts';
import { scopeKind } from '../src/api/schema/scope.ts';
import { sliceKind } from '../src/api/schema/slice.ts';

/** Writes everything that is generated from the schema and other tables; with --check only says what is stale. */

const chart = 'charts/arc-private-link-operator';

const kinds = [scopeKind, associationKind, sliceKind];

async function generated(): Promise<Map<string, string>> {
  const style = (await resolveConfig('src/api/types.ts')) ?? {};
  const files = new Map<string, string>();
  files.set('src/api/types.ts', await format(typeScript(kinds), { ...style, parser: 'typescript' }));
  for (const kind of kinds) {
    const file = `arcprivatelink.io_${kind.plural}.yaml`;
    const text = stringify(customResourceDefinition(kind), { lineWidth: 0, aliasDuplicateObjects: false });
    files.set(`crds/${file}`, text);
    files.set(`${chart}/files/crds/${file}`, text);
  }
  files.set('docs/reference.md', referencePage(kinds));
  files.set('examples/gitops/argocd/argocd-cm.yaml', argoConfig(current('deploy/argocd/health.lua')));
  const values = chartValues(current(`${chart}/values.yaml`));
  files.set(`${chart}/values.schema.json`, `${JSON.stringify(valuesSchema(values), null, 2)}\n`);
  files.set(`${chart}/README.md`, withValuesTable(current(`${chart}/README.md`), values));
  files.set('docs/runbook.md', runbookPage());
  files.set('docs/azure-permissions.md', permissionsPage());
  for (const [path, content] of roleFiles()) files.set(path, content);
  for (const [path, content] of resultPages()) files.set(path, content);
  return files;
}

/** Argo CD's own ConfigMap with the health check for both kinds that people write. */
function argoConfig(health: string): string {
  const keys = [scopeKind, associationKind].map(
    ({ kind }) => [`resource.customizations.health.arcprivatelink.io_${kind}`, health] as const,
  );
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'argocd-cm',
      namespace: 'argocd',
      labels: { 'app.kubernetes.io/name': 'argocd-cm', 'app.kubernetes.io/part-of': 'argocd' },
    },
    data: Object.fromEntries(keys),
  };
  return `# Generated from deploy/argocd/health.lua. Merge the data into your argocd-cm.\n${stringify(object, { lineWidth: 0, blockQuote: 'literal' })}`;
}

writeGenerated(await generated(), 'manifests');
