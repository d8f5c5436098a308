import { ArmFailure, type Json } from './http.ts';
import { key } from './ids.ts';

/** What an administrator may have laid on a subscription: missing roles, policies, locks. */
export interface DenyPolicy {
  /** As Azure spells the type. */
  type: string;
  policyAssignmentId: string;
}

export class Rules {
  /** `METHOD type` pairs that the identity may not do, optionally only below an id. */
  readonly #forbidden: { action: string; below: string }[] = [];
  readonly #denied: DenyPolicy[] = [];
  readonly #locks = new Set<string>();

  /** Takes a right away: `Microsoft.Network/privateEndpoints/write`, everywhere or below an id. */
  forbid(action: string, below = ''): void {
    this.#forbidden.push({ action: action.toLowerCase(), below: key(below) });
  }

  /** Gives it back. */
  permit(action: string): void {
    const left = this.#forbidden.filter((entry) => entry.action !== action.toLowerCase());
    this.#forbidden.splice(0, this.#forbidden.length, ...left);
  }

  deny(policy: DenyPolicy): void {
    this.#denied.push(policy);
  }

  undeny(type: string): void {
    const left = this.#denied.filter((policy) => policy.type !== type);
    this.#denied.splice(0, this.#denied.length, ...left);
  }

  lock(id: string): void {
    this.#locks.add(key(id));
  }

  unlock(id: string): void {
    this.#locks.delete(key(id));
  }

  /** Recorded: 403 AuthorizationFailed names client, action and scope. */
  authorize(method: string, type: string, id: string): void {
    const verb = method === 'GET' ? 'read' : method === 'DELETE' ? 'delete' : 'write';
    const action = `${type}/${verb}`;
    const hit = this.#forbidden.find(
      (entry) => entry.action === action.toLowerCase() && key(id).startsWith(entry.below),
    );
    if (hit === undefined) return;
    const message =
      `The client 'simulated' with object id 'simulated' does not have authorization to perform action '${action}' ` +
      `over scope '${id}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
    throw new ArmFailure(403, 'AuthorizationFailed', message);
  }

  /** Documented: RequestDisallowedByPolicy with the policy's ids in `additionalInfo`. */
  checkPut(type: string, id: string, _body: Json): void {
    const policy = this.#denied.find((denied) => denied.type.toLowerCase() === type.toLowerCase());
    if (policy === undefined) return;
    const name = id.slice(id.lastIndexOf('/') + 1);
    throw new ArmFailure(403, 'RequestDisallowedByPolicy', `Resource '${name}' was disallowed by policy.`, {
      additionalInfo: [{ type: 'PolicyViolation', info: { policyAssignmentId: policy.policyAssignmentId } }],
    });
  }

  checkLock(method: string, id: string): void {
    if (method !== 'DELETE') return;
    const lock = [...this.#locks].find((locked) => key(id).startsWith(locked));
    if (lock === undefined) return;
    const message = `The scope '${id}' cannot perform delete operation because following scope(s) are locked: '${lock}'. Please remove the lock and try again.`;
    throw new ArmFailure(409, 'ScopeLocked', message);
  }
}
