/** The one owner of randomness. `Random` returns a number in [0, 1). */
export type Random = () => number;

export const systemRandom: Random = () => Math.random();

/** `value` spread evenly over ±`fraction` of itself, so that many timers set together do not fire together. */
export function jitter(value: number, fraction: number, random: Random): number {
  return value * (1 + fraction * (2 * random() - 1));
}
