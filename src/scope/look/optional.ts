import { AzureError } from '../../azure/errors.ts';
import type { Shared } from '../../azure/types.ts';
import type { ScopeLooking } from '../deps.ts';
import type { Known } from '../../engine/picture.ts';

/** A look-up that is worth having and not worth failing for. */
export type Optional<T> = { is: 'read'; value: T } | { is: 'denied' };

/** Denied where the identity may not ask; other trouble is thrown, for it passes. */
export async function optional<T>(read: () => Promise<T>): Promise<Optional<T>> {
  try {
    return { is: 'read', value: await read() };
  } catch (error) {
    if (error instanceof AzureError && [403, 404, 405].includes(error.status)) return { is: 'denied' };
    throw error;
  }
}

/** The same of what all objects share; what is denied is so from now on. */
export async function lookAtShared<T>(
  { picture, clock }: Pick<ScopeLooking, 'picture' | 'clock'>,
  key: string,
  read: (maxAgeMs: number) => Promise<Shared<T>>,
): Promise<Known<Optional<T>>> {
  return await picture.shared<Optional<T>>(key, async (maxAgeMs) => {
    const deniedMs = clock.monotonic();
    const seen = await optional(() => read(maxAgeMs));
    if (seen.is === 'denied') return { value: seen, begunMs: deniedMs };
    const { value, begunMs } = seen.value;
    return { value: { is: 'read', value }, begunMs };
  });
}

/** What was read; undefined where it was denied or failed. */
export function readOf<T>(known: Known<Optional<T>>): T | undefined {
  return known.is === 'there' && known.value.is === 'read' ? known.value.value : undefined;
}

export function isDenied(known: Known<Optional<unknown>>): boolean {
  return known.is === 'there' && known.value.is === 'denied';
}
