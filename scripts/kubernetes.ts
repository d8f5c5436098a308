import { kubernetesBinaries } from '../test/world/kubernetes/binaries.ts';

/** Finds, fetches or builds the Kubernetes binaries, telling what it does; ends with one sentence when it cannot. */
try {
  await kubernetesBinaries((line) => console.log(line));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
