import { operationFailed } from '../azure/errors.ts';
import type { Pass } from './context.ts';

/** Whether Azure is still at it. A failed operation is told, but for one that lost a race: the resource is looked at again. */
export async function underWay(pass: Pass, id: string, what: string): Promise<boolean> {
  const progress = await pass.azure.progress(id);
  if (progress?.state === 'running') return true;
  if (progress?.state === 'failed' && progress.code !== 'PreconditionFailed') {
    throw operationFailed(what, progress.code, progress.message);
  }
  return false;
}
