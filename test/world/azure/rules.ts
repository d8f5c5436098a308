import { ArmFailure, type Json } from './http.ts';
import { key, within } from './ids.ts';
import { linksOf } from './linked-access.ts';

/** What an administrator may have laid on a subscription: missing roles, policies, locks. */
export interface DenyPolicy {
  /** As Azure spells the type; absent for all. */
  type?: string;
  policyAssignmentId: string;
  /** Only this id and what is below it. */
  below?: string;
}

export type LockLevel = 'CanNotDelete' | 'ReadOnly';

export class Rules {
  readonly #forbidden: { action: string; below: string }[] = [];
  readonly #hidden = new Set<string>();
  readonly #gone = new Set<string>();
  readonly #denied: DenyPolicy[] = [];
  readonly #locks = new Map<string, LockLevel>();
  /** What the identity's role has, with wildcards; undefined when nobody looks at roles. */
  #granted: readonly string[] | undefined;
  /** Rights that requests needed on resources they only refer to, in lower case. */
  readonly demanded = new Set<string>();

  /** Takes a right away: `Microsoft.Network/privateEndpoints/write`, everywhere or below an id. */
  forbid(action: string, below = ''): void {
    this.#forbidden.push({ action: action.toLowerCase(), below: key(below) });
  }

  /** Gives it back. */
  permit(action: string): void {
    const left = this.#forbidden.filter((entry) => entry.action !== action.toLowerCase());
    this.#forbidden.splice(0, this.#forbidden.length, ...left);
  }

  /** From now on nothing else is allowed, as with a role of these actions that is assigned everywhere. */
  permitOnly(actions: readonly string[]): void {
    this.#granted = actions;
  }

  /**
   * Takes every right away on this id (a subscription, a resource group, a single resource) and below it. A call there
   * is 403; a listing from above it leaves it out without a word.
   */
  hide(id: string): void {
    this.#hidden.add(key(id));
  }

  show(id: string): void {
    this.#hidden.delete(key(id));
  }

  isHidden(id: string): boolean {
    return [...this.#hidden].some((hidden) => within(id, hidden));
  }

  /** The subscription is no more, or of another tenant: 404 `SubscriptionNotFound` for every call (documented code). */
  vanish(subscription: string): void {
    this.#gone.add(key(subscription));
  }

  reappear(subscription: string): void {
    this.#gone.delete(key(subscription));
  }

  hasVanished(subscription: string): boolean {
    return this.#gone.has(key(subscription));
  }

  /** Writes of a type, below an id, or both, are disallowed: PUT, PATCH, and changes of tags. */
  deny(policy: DenyPolicy): void {
    this.#denied.push(policy);
  }

  undeny(type: string): void {
    const left = this.#denied.filter((policy) => policy.type !== type);
    this.#denied.splice(0, this.#denied.length, ...left);
  }

  /** On the id and everything below it. `ReadOnly` refuses every write (documented). */
  lock(id: string, level: LockLevel = 'CanNotDelete'): void {
    this.#locks.set(key(id), level);
  }

  unlock(id: string): void {
    this.#locks.delete(key(id));
  }

  /** Documented code and text. */
  checkSubscription(subscription: string): void {
    if (!this.hasVanished(subscription)) return;
    throw new ArmFailure(
      404,
      'SubscriptionNotFound',
      `The subscription '${subscription}' could not be found.`,
    );
  }

  /** Recorded: 403 AuthorizationFailed names client, action and scope. */
  authorize(method: string, type: string, id: string): void {
    const verb = method === 'GET' ? 'read' : method === 'DELETE' ? 'delete' : 'write';
    const action = `${type}/${verb}`;
    if (this.#allows(action, id)) return;
    const message =
      `The client 'simulated' with object id 'simulated' does not have authorization to perform action '${action}' ` +
      `over scope '${id}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
    throw new ArmFailure(403, 'AuthorizationFailed', message);
  }

  /** Quoted by people who met it: 403 LinkedAuthorizationFailed names what is allowed and what is not. */
  authorizeLinks(method: string, type: string, id: string, body: Json): void {
    for (const link of linksOf(method, type, body)) {
      this.demanded.add(link.action.toLowerCase());
      if (this.#allows(link.action, link.id)) continue;
      const message =
        `The client 'simulated' with object id 'simulated' has permission to perform action '${type}/write' on scope '${id}'; ` +
        `however, it does not have permission to perform action '${link.action}' on the linked scope(s) '${link.id}' or the linked scope(s) are invalid.`;
      throw new ArmFailure(403, 'LinkedAuthorizationFailed', message);
    }
  }

  #allows(action: string, id: string): boolean {
    const forbidden = this.#forbidden.some(
      (entry) => entry.action === action.toLowerCase() && within(id, entry.below),
    );
    if (forbidden || this.isHidden(id)) return false;
    return this.#granted?.some((pattern) => grants(pattern, action)) ?? true;
  }

  /** Documented: RequestDisallowedByPolicy with the policy's ids in `additionalInfo`. */
  checkWrite(type: string, id: string): void {
    const policy = this.#denied.find(
      (denied) =>
        (denied.type === undefined || denied.type.toLowerCase() === type.toLowerCase()) &&
        within(id, denied.below ?? ''),
    );
    if (policy === undefined) return;
    const name = id.slice(id.lastIndexOf('/') + 1);
    throw new ArmFailure(403, 'RequestDisallowedByPolicy', `Resource '${name}' was disallowed by policy.`, {
      additionalInfo: [{ type: 'PolicyViolation', info: { policyAssignmentId: policy.policyAssignmentId } }],
    });
  }

  checkLock(method: string, id: string): void {
    if (method === 'GET') return;
    const lock = [...this.#locks].find(
      ([locked, level]) => within(id, locked) && (level === 'ReadOnly' || method === 'DELETE'),
    );
    if (lock === undefined) return;
    const verb = method === 'DELETE' ? 'delete' : 'write';
    const message = `The scope '${id}' cannot perform ${verb} operation because following scope(s) are locked: '${lock[0]}'. Please remove the lock and try again.`;
    throw new ArmFailure(409, 'ScopeLocked', message);
  }
}

/** Whether a role's action, which may have wildcards, covers this one; case does not count. */
export function grants(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}
