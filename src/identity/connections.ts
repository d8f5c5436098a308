/**
 * One connection for each credential in use, however many Secrets hold it: they share its token, its throttles and its
 * listings. A user is a Secret or the operator; when its credential changes it leaves the connection it had, and the
 * last to leave takes it along, with all that it remembers.
 */
export class Connections<C> {
  readonly #known = new Map<string, { connection: C; users: Set<string> }>();
  readonly #fingerprints = new Map<string, string>();

  /** The user's connection; `connect` makes it when nobody has one for that credential. */
  use(user: string, fingerprint: string, connect: () => C): C {
    if (this.#fingerprints.get(user) !== fingerprint) this.leave(user);
    const known = this.#known.get(fingerprint) ?? { connection: connect(), users: new Set<string>() };
    this.#known.set(fingerprint, known);
    this.#fingerprints.set(user, fingerprint);
    known.users.add(user);
    return known.connection;
  }

  /** The user is no more; does nothing when it never was. */
  leave(user: string): void {
    const fingerprint = this.#fingerprints.get(user);
    if (fingerprint === undefined) return;
    this.#fingerprints.delete(user);
    const known = this.#known.get(fingerprint);
    known?.users.delete(user);
    if (known?.users.size === 0) this.#known.delete(fingerprint);
  }
}
