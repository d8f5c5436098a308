/** A fault to be put into the simulated Azure: a text that is in its file exactly once, and what stands there instead. */
export interface Mutant {
  /** Says what is wrong then. */
  name: string;
  /** From the project's root. */
  file: string;
  search: string;
  replace: string;
  /** Why nobody needs to notice it; a mutant that is noticed needs none. */
  explained?: string;
}

/** A list of faults in one file of the simulated Azure: name, text, and what replaces it. */
export function faultsIn(file: string, faults: readonly (readonly [string, string, string])[]): Mutant[] {
  return faults.map(([name, search, replace]) => ({
    name,
    file: `test/world/azure/${file}`,
    search,
    replace,
  }));
}

/** The file's text with the fault in it. */
export function mutated({ name, file, search, replace }: Mutant, text: string): string {
  const parts = text.split(search);
  if (parts.length !== 2) throw new Error(`${name}: its text is ${parts.length - 1} times in ${file}`);
  return parts.join(replace);
}
