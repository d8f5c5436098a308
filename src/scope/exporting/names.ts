import { fault } from '../../api/reasons.ts';
import type { ArcPrivateLinkScope } from '../../api/types.ts';
import type { OperatorError } from '../../base/errors.ts';

/** Parts of spec.exports, and the ConfigMaps that they go into. Pure. */

export type ExportName = 'dns' | 'firewall';

/** Those that the spec asks for. */
export function exportNames({ spec: { exports = {} } }: ArcPrivateLinkScope): ExportName[] {
  return (['dns', 'firewall'] as const).filter((name) => exports[name] !== undefined);
}

export function configMapNameOf({ spec, metadata }: ArcPrivateLinkScope, name: ExportName): string {
  return spec.exports?.[name]?.configMapName ?? `${metadata.name}-${name}`;
}

/** A ConfigMap of the name that a part asks for is somebody else's. */
export function nameTaken(
  { namespace = '' }: { namespace?: string | undefined },
  part: string,
  name: string,
): OperatorError {
  const message = `ConfigMap ${name} exists and is not this export's. Delete it, or set another exports.${part}.configMapName: kubectl -n ${namespace} get configmap ${name} -o yaml`;
  return fault('ExportNameTaken', message);
}
