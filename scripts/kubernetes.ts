import { kubernetesBinaries } from '../test/world/kubernetes/binaries.ts';
import { installTools } from '../test/world/kubernetes/tools.ts';

/**
 * Finds, fetches or builds the Kubernetes binaries, with --tools also Helm and what drives the operator in the
 * installation tests, telling what it does; ends with one sentence when it cannot.
 */
try {
  const tell = (line: string): void => console.log(line);
  await kubernetesBinaries(tell);
  if (process.argv.includes('--tools')) await installTools(tell);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
