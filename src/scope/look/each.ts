/** Reads in flight at once: a scope with fifty endpoints is looked at in seconds, and Azure's limits are not strained. */
const atOnce = 6;

/** The task on every item, a few at a time; results in the items' order. */
export async function each<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Map<number, R>();
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results.set(index, await task(item));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return items.map((_, index) => results.get(index) as R);
}
