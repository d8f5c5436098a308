import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of others is in the bundle: their licence texts, and a bill of materials. Both follow from what esbuild read. */

export interface BundledPackage {
  name: string;
  version: string;
  /** SPDX expression, as the package's own package.json has it. */
  license: string;
  text: string;
}

interface PackageJson {
  name?: string;
  version?: string;
  license?: string;
}

/** The packages that the bundle's inputs belong to, sorted by name; throws for one without a licence text. */
export function bundledPackages(inputs: readonly string[]): BundledPackage[] {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  return [...folders].map(readPackage).sort((one, other) => order(one.name, other.name));
}

function order(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** `node_modules/a/node_modules/@b/c` of a file below it. */
function packageFolder(input: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

function readPackage(folder: string): BundledPackage {
  const { name = '', version = '', license = '' } = json(join(folder, 'package.json'));
  if (license === '') throw new Error(`${name} names no licence`);
  return { name, version, license, text: licenceText(folder, name) };
}

function json(path: string): PackageJson {
  return JSON.parse(readFileSync(path, 'utf8')) as PackageJson;
}

function licenceText(folder: string, name: string): string {
  const file = readdirSync(folder)
    .sort()
    .find((entry) => /^(un)?(licen[cs]e|copying)/i.test(entry));
  if (file === undefined)
    throw new Error(`${name} has no licence text, which its licence may ask us to pass on`);
  const text = readFileSync(join(folder, file), 'utf8');
  return text.replaceAll('\r\n', '\n').trim();
}

export function noticesText(packages: readonly BundledPackage[]): string {
  const parts = packages.map(
    ({ name, version, license, text }) =>
      `${'='.repeat(80)}\n${name} ${version} (${license})\n${'='.repeat(80)}\n\n${text}\n`,
  );
  return `main.js contains the following packages.\n\n${parts.join('\n')}`;
}

/** CycloneDX 1.6 (cyclonedx.org/docs/1.6/json) without serial number and time: the same bundle has the same one. */
export function billOfMaterials(version: string, packages: readonly BundledPackage[]): string {
  const purl = (name: string, of: string): string => `pkg:npm/${name.replace('@', '%40')}@${of}`;
  const components = packages.map((one) => ({
    type: 'library',
    'bom-ref': purl(one.name, one.version),
    name: one.name,
    version: one.version,
    licenses: [{ expression: one.license }],
    purl: purl(one.name, one.version),
  }));
  const own = 'arc-private-link-operator';
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': own, name: own, version } },
    components,
    dependencies: [{ ref: own, dependsOn: components.map((component) => component['bom-ref']) }],
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}
