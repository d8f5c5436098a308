/** Counts what was compared, and holds the differences against a reviewed list. */
export class Judge<D extends { reason: string }, F> {
  passed = 0;
  failed = 0;
  /** Passed for the list's sake. */
  excused = 0;
  readonly #used = new Set<D>();
  readonly #listed: readonly D[];
  readonly #covers: (entry: D, finding: F) => boolean;
  readonly #tell: (text: string) => void;

  constructor(
    listed: readonly D[],
    covers: (entry: D, finding: F) => boolean,
    tell: (text: string) => void = console.error,
  ) {
    this.#listed = listed;
    this.#covers = covers;
    this.#tell = tell;
  }

  /** One thing that was compared, with its differences; false when one of them is not listed. */
  judge(findings: readonly F[], describe: (finding: F) => string): boolean {
    const unexpected = findings.filter((finding) => !this.#isListed(finding));
    for (const finding of unexpected) this.#tell(`  ${describe(finding)}`);
    if (unexpected.length > 0) this.failed += 1;
    else this.passed += 1;
    if (unexpected.length === 0 && findings.length > 0) this.excused += 1;
    return unexpected.length === 0;
  }

  fail(text: string): void {
    this.failed += 1;
    this.#tell(`  ${text}`);
  }

  /** A list that only grows excuses too much: an entry that covered nothing fails. */
  failStale(): void {
    for (const entry of this.#listed) {
      if (!this.#used.has(entry)) this.fail(`a listed deviation no longer occurs: ${entry.reason}`);
    }
  }

  #isListed(finding: F): boolean {
    const covering = this.#listed.filter((entry) => this.#covers(entry, finding));
    for (const entry of covering) this.#used.add(entry);
    return covering.length > 0;
  }
}
