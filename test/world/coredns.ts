import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPrograms, cacheFolder, type Tell } from './kubernetes/go-build.ts';

const module = fileURLToPath(new URL('../../tools/coredns', import.meta.url));

/** The path of CoreDNS with the plugins that exported files use; built from its Go module once, in about a minute. */
export async function corednsProgram(tell: Tell = () => {}): Promise<string> {
  const pins = ['go.mod', 'main.go'].map((name) => readFileSync(join(module, name)));
  const digest = createHash('sha256').update(Buffer.concat(pins)).digest('hex').slice(0, 12);
  const folder = cacheFolder(`coredns-${digest}`);
  const path = join(folder, 'coredns');
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  tell('Building CoreDNS from its Go module (once, about a minute) ...');
  await buildPrograms([{ name: 'coredns', package: '.', module, linkerFlags: '-s -w' }], folder, tell);
  return path;
}
