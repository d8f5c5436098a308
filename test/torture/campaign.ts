/** One independent try. `id` reproduces it: `make torture ARGS='--campaign NAME --only ID'`. */
export interface Attempt {
  readonly id: string;
  /** What was violated, a sentence each; empty when all is well. A throw counts as a violation. */
  run(): Promise<string[]>;
  /** Shorter attempts that may fail the same way, for shrinking; shortest first. */
  smaller?(): Iterable<Attempt>;
}

/** Many attempts at breaking one kind of promise. */
export interface Campaign {
  readonly name: string;
  /** One sentence. */
  readonly tries: string;
  /** Deterministic for the seed; may be endless. Prepared lazily. */
  attempts(seed: number): AsyncIterable<Attempt> | Iterable<Attempt>;
  /** The attempt with this id, whichever the seed was. */
  attempt(id: string): Promise<Attempt>;
  /** What the attempts met, for whoever reads the run's output; a line each. */
  told?(): string[];
  /** Attempts of it that `make test` runs as a slice (a few seconds in all). */
  readonly slice: number;
}
