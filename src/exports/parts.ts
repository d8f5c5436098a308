import type { ExportedFile } from './names.ts';

/** Files spread over ConfigMaps, of which each may have 1 MiB in etcd with everything that is in it. */

/** Bytes of names and texts in one ConfigMap. */
export const mostBytes = 900 * 1024;
export const mostParts = 20;

export type Data = Readonly<Record<string, string>>;

/** In the order given; undefined where it does not fit: one file alone is too large, or there would be too many parts. */
export function partsOf(files: readonly ExportedFile[]): Data[] | undefined {
  const parts: Record<string, string>[] = [];
  let room = 0;
  for (const { name, text } of files) {
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(text);
    if (bytes > mostBytes) return undefined;
    if (bytes > room || parts.length === 0) {
      parts.push({});
      room = mostBytes;
    }
    (parts.at(-1) as Record<string, string>)[name] = text;
    room -= bytes;
  }
  return parts.length > mostParts ? undefined : parts;
}

/** `net-dns`, `net-dns-2`, … */
export function partName(name: string, index: number): string {
  return index === 0 ? name : `${name}-${index + 1}`;
}
