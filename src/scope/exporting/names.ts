import type { ArcPrivateLinkScope } from '../../api/types.ts';

/** Parts of spec.exports, and the ConfigMaps that they go into. Pure. */

export type ExportName = 'dns' | 'firewall';

/** Those that the spec asks for. */
export function exportNames({ spec: { exports = {} } }: ArcPrivateLinkScope): ExportName[] {
  return (['dns', 'firewall'] as const).filter((name) => exports[name] !== undefined);
}

export function configMapNameOf({ spec, metadata }: ArcPrivateLinkScope, name: ExportName): string {
  return spec.exports?.[name]?.configMapName ?? `${metadata.name}-${name}`;
}
