/** The same in another order. */
export function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => ({ one, at: random() }))
    .sort((first, second) => first.at - second.at)
    .map(({ one }) => one);
}
