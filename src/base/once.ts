/**
 * What follows from a value alone, worked out once for each: pictures and what Azure has listed never change, are asked
 * about the same things by many concerns, and may hold thousands of servers or links.
 */
export function once<S extends object, T>(follows: (seen: S) => T): (seen: S) => T {
  const known = new WeakMap<S, { value: T }>();
  return (seen) => {
    const found = known.get(seen) ?? { value: follows(seen) };
    known.set(seen, found);
    return found.value;
  };
}
