import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { renderProfile } from '../test/world/kubernetes/helm.ts';

/** Writes test/golden/chart, what Helm makes of each documented profile; with --check only says what is stale. */

const folder = 'test/golden/chart';
mkdirSync(folder, { recursive: true });
const stale: string[] = [];
for (const file of readdirSync('charts/arc-private-link-operator/ci')) {
  const profile = file.replace('-values.yaml', '');
  const path = `${folder}/${profile}.yaml`;
  const text = await renderProfile(profile);
  if (current(path) !== text) stale.push(path);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
}
if (stale.length > 0 && process.argv.includes('--check')) {
  console.error(`Stale, run \`make golden\` and commit: ${stale.join(', ')}`);
  process.exitCode = 1;
} else {
  console.log(stale.length === 0 ? 'Nothing changed.' : `Wrote ${stale.join(', ')}.`);
}

function current(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
