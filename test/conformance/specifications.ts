import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LiveValidator } from 'oav';

/** Azure's own OpenAPI documents, loaded into Azure's own validator. */

type Parameters = { name?: string }[];

interface Document {
  paths?: Record<string, Record<string, { parameters?: Parameters }>>;
}

/** Loads every document of a folder, examples and common types left out. Throws when one cannot be loaded. */
export async function createValidator(source: string): Promise<LiveValidator> {
  const directory = mkdtempSync(join(tmpdir(), 'specifications-'));
  try {
    cpSync(source, directory, { recursive: true });
    const documents = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json') && !/examples|common-types/.test(file))
      .map((file) => join(directory, file));
    for (const document of documents) rewrite(document);
    return await load(directory, documents);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function load(directory: string, swaggerPaths: string[]): Promise<LiveValidator> {
  const failures: string[] = [];
  const validator = new LiveValidator(
    { directory, swaggerPaths, git: { shouldClone: false } },
    (message, level) => {
      if (level === 'error') failures.push(message);
    },
  );
  await validator.initialize();
  if (failures.length > 0) throw new Error(`the specifications could not be loaded: ${failures.join('; ')}`);
  return validator;
}

function rewrite(document: string): void {
  const text = readFileSync(document, 'utf8');
  // A copied file keeps its mode, and reference data is often read-only.
  if (!text.includes('/{recordType}')) return;
  rmSync(document);
  writeFileSync(document, JSON.stringify(withRecordsOfTypeA(JSON.parse(text) as Document)));
}

/**
 * The document's paths of record sets, `…/{recordType}/{name}`, match virtual network links as well, and the validator
 * refuses to choose (MULTIPLE_OPERATIONS_FOUND): neither would be validated. Only A records are spoken of here.
 */
export function withRecordsOfTypeA(document: Document): Document {
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => {
    if (!path.includes('/{recordType}')) return [path, operations] as const;
    const narrowed = Object.entries(operations).map(([method, { parameters = [], ...rest }]) => {
      const others = parameters.filter(({ name }) => name !== 'recordType');
      return [method, { ...rest, parameters: others }] as const;
    });
    return [path.replace('/{recordType}', '/A'), Object.fromEntries(narrowed)] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}
