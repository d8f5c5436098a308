/** Reads in flight at once: a scope with fifty endpoints is looked at in seconds, and Azure's limits are not strained. */
export const readsAtOnce = 6;
