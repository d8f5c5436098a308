import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  replayDeviations,
  specificationDeviations,
  type ReplayDeviation,
  type SpecificationDeviation,
} from './deviations.ts';
import { errorDifferences, notSimulated, provocations, Stage } from './errors.ts';
import { Judge } from './judge.ts';
import { readRecording } from './recordings.ts';
import { replay, type Finding } from './replay.ts';
import { tour } from './tour.ts';
import { transcripts } from '../world/azure/transcript/index.ts';
import { createValidator } from './specifications.ts';
import { complaints, isDocumented, readExchanges, type Complaint } from './validate.ts';

/**
 * `make conformance`: the simulated Azure against what was reviewed (test/golden/azure) and what the real one answered (every exchange of every recording, every
 * kind of error), and the scenarios' exchanges against Azure's specifications. The reference data is not part of the
 * project.
 */
const root = resolve(import.meta.dirname, '../..');
const reference = resolve(root, '../shared/reference/arm');
const exchangeFolder = join(root, '.cache/exchanges');

const replayed = new Judge<ReplayDeviation, Finding & { file: string }>(
  replayDeviations,
  (entry, { file, call, where }) =>
    entry.recording.test(file) && entry.call.test(call) && entry.where.test(where),
);
const refused = new Judge<{ reason: string }, string>([], () => false);
const validated = new Judge<SpecificationDeviation, Complaint>(
  specificationDeviations,
  (entry, { call, side, code, message }) =>
    entry.side === side && entry.code === code && entry.call.test(call) && entry.message.test(message),
);

const reviewed = new Judge<{ reason: string }, string>([], () => false);

await compareReviewed();
if (!existsSync(reference)) {
  console.log(
    "Azure's recordings and specifications are not beside this checkout; there is nothing to compare with.",
  );
  process.exit(reviewed.failed === 0 ? 0 : 1);
}
await replayAll(join(reference, 'recordings'));
await provokeAll(join(reference, 'errors'));
await validateAll(join(reference, 'specifications'));
const judges = [reviewed, replayed, refused, validated];
const total = (count: 'passed' | 'failed'): number => judges.reduce((sum, judge) => sum + judge[count], 0);
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') === 0 ? 0 : 1);

/** What no recording has: the answers themselves, word by word. */
async function compareReviewed(): Promise<void> {
  const files = await transcripts();
  for (const [file, text] of files)
    reviewed.judge(readFileSync(join(root, file), 'utf8') === text ? [] : [file], (stale) => {
      return `${stale}: the answers are other ones than reviewed (make golden-azure shows which)`;
    });
  console.log(`reviewed answers: ${files.size} dialogues, ${reviewed.passed} as reviewed`);
}

async function replayAll(folder: string): Promise<void> {
  const files = readdirSync(folder).sort();
  for (const file of files) {
    const [passed, excused] = [replayed.passed, replayed.excused];
    const { exchanges, findings } = await replay(readRecording(join(folder, file)));
    for (let number = 1; number <= exchanges; number += 1) {
      const own = findings.filter(({ exchange }) => exchange === number);
      replayed.judge(
        own.map((finding) => ({ ...finding, file })),
        ({ call, where, what }) => `${file}, ${number} ${call}: ${where} ${what}`,
      );
    }
    console.log(
      `${file}: ${exchanges} exchanges, ${replayed.passed - passed} as recorded, ${replayed.excused - excused} of them with listed deviations`,
    );
  }
  if (files.length === 0) replayed.fail('there is no recording');
  replayed.failStale();
}

async function provokeAll(folder: string): Promise<void> {
  const files = readdirSync(folder).sort();
  const kinds = new Map(files.map((file) => [file.replace(/_\d+\.yaml$/, ''), join(folder, file)]));
  for (const kind of kinds.keys()) {
    if (kind in notSimulated || provocations.some((one) => one.kind === kind)) continue;
    refused.fail(`${kind}: recorded, and neither simulated nor listed as not simulated`);
  }
  for (const provocation of provocations) {
    const [recorded] = readRecording(kinds.get(provocation.kind) ?? '');
    if (recorded === undefined) refused.fail(`${provocation.kind}: the file has no exchange`);
    else
      refused.judge(errorDifferences(provocation, recorded, await provocation.provoke(new Stage())), String);
  }
  const absent = Object.keys(notSimulated).length;
  console.log(`errors: ${provocations.length} kinds provoked, ${absent} not simulated`);
}

async function validateAll(folder: string): Promise<void> {
  const recorded = existsSync(exchangeFolder) ? readExchanges(exchangeFolder) : [];
  const calls = [...recorded, ...(await tour())];
  const documented = calls.filter(isDocumented);
  const validator = await createValidator(folder);
  for (const call of documented) {
    validated.judge(
      await complaints(validator, call),
      ({ call: name, side, code, message }) => `${name}, ${side}: ${code} ${message}`,
    );
  }
  const from =
    recorded.length > 0 ? 'the scenarios and a tour' : 'a tour (no scenario has run in this checkout yet)';
  console.log(
    `Azure's validator: ${documented.length} exchanges of ${from}, ${validated.excused} with listed deviations; ${calls.length - documented.length} polls and others are in no document`,
  );
  if (documented.length === 0) validated.fail('no exchange was validated');
  validated.failStale();
}
