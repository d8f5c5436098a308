import { timestamp } from '../base/clock.ts';

/** `metav1.Condition` (Kubernetes API conventions, "Typical status properties"). Pure functions over lists of them. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  observedGeneration?: number;
  /** RFC 3339; changes only when `status` changes. */
  lastTransitionTime: string;
}

export type NewCondition = Omit<Condition, 'lastTransitionTime'>;

/** metav1.Condition's own limit on a message. */
const longestMessage = 32_768;

/** Adds the condition or replaces the one of its type; the list stays sorted: Ready first, then by name. */
export function setCondition(
  conditions: readonly Condition[],
  condition: NewCondition,
  nowMs: number,
): Condition[] {
  const old = findCondition(conditions, condition.type);
  const lastTransitionTime = old?.status === condition.status ? old.lastTransitionTime : timestamp(nowMs);
  const message = cut(condition.message, longestMessage);
  return sorted([...without(conditions, condition.type), { ...condition, message, lastTransitionTime }]);
}

export function removeCondition(conditions: readonly Condition[], type: string): Condition[] {
  return without(conditions, type);
}

export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

function without(conditions: readonly Condition[], type: string): Condition[] {
  return conditions.filter((condition) => condition.type !== type);
}

function sorted(conditions: Condition[]): Condition[] {
  const rank = (condition: Condition): string => (condition.type === 'Ready' ? '' : condition.type);
  return conditions.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/** The text, ending in `…` when it had to be cut to so many characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
