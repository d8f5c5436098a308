import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { replayDeviations, specificationDeviations } from './deviations.ts';
import { readRecording } from './recordings.ts';
import { replay, type Finding } from './replay.ts';
import { tour } from './tour.ts';
import { complaints, createValidator, distinct, readExchanges, type Complaint } from './validate.ts';

/**
 * `make conformance`: the simulated Azure against what the real one answered (every exchange of every recording), and
 * the scenarios' exchanges against Azure's specifications. The reference data is not part of the project.
 */
const root = resolve(import.meta.dirname, '../..');
const reference = resolve(root, '../shared/reference/arm');
const exchangeFolder = join(root, '.cache/exchanges');

const counts = { passed: 0, failed: 0 };
const fail = (text: string): void => {
  counts.failed += 1;
  console.error(`  ${text}`);
};
const used = new Set<object>();

if (!existsSync(reference)) {
  console.log(
    "Azure's recordings and specifications are not beside this checkout; there is nothing to compare with.",
  );
  process.exit(0);
}
await replayAll(join(reference, 'recordings'));
await validateAll(join(reference, 'specifications'));
for (const stale of [...replayDeviations, ...specificationDeviations].filter((entry) => !used.has(entry))) {
  fail(`a listed deviation no longer occurs: ${stale.reason}`);
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);

async function replayAll(folder: string): Promise<void> {
  for (const file of readdirSync(folder).sort()) {
    const { exchanges, findings } = await replay(readRecording(join(folder, file)));
    const unexpected = findings.filter((finding) => !isListed(basename(file), finding));
    const bad = new Set(unexpected.map(({ exchange }) => exchange));
    const listed = new Set(findings.map(({ exchange }) => exchange)).size - bad.size;
    counts.passed += exchanges - bad.size;
    console.log(`${file}: ${exchanges} exchanges, ${listed} with listed deviations, ${bad.size} with others`);
    for (const { exchange, call, where, what } of unexpected) fail(`${exchange} ${call}: ${where} ${what}`);
  }
}

function isListed(file: string, { call, where }: Finding): boolean {
  const entry = replayDeviations.find(
    (one) => one.recording.test(file) && one.call.test(call) && one.where.test(where),
  );
  if (entry !== undefined) used.add(entry);
  return entry !== undefined;
}

async function validateAll(folder: string): Promise<void> {
  const recorded = existsSync(exchangeFolder) ? readExchanges(exchangeFolder) : [];
  const calls = distinct([...recorded, ...(await tour())]);
  const validator = await createValidator(folder);
  let listed = 0;
  for (const call of calls) {
    const found = await complaints(validator, call);
    const unexpected = found.filter((complaint) => !isExcused(complaint));
    if (found.length > unexpected.length) listed += 1;
    if (unexpected.length === 0) counts.passed += 1;
    for (const { call: name, side, code, message } of unexpected)
      fail(`${name}, ${side}: ${code} ${message}`);
  }
  const from =
    recorded.length > 0
      ? `${recorded.length} exchanges of the scenarios and a tour`
      : 'a tour (no scenario has run here yet)';
  console.log(
    `Azure's validator: ${calls.length} distinct exchanges out of ${from}, ${listed} with listed deviations`,
  );
  if (calls.length === 0) fail('no exchange was validated');
}

function isExcused({ call, side, code, message }: Complaint): boolean {
  const entry = specificationDeviations.find(
    (one) => one.side === side && one.code === code && one.call.test(call) && one.message.test(message),
  );
  if (entry !== undefined) used.add(entry);
  return entry !== undefined;
}
