import type { Reason } from '../api/reasons.ts';
import { OperatorError } from '../base/errors.ts';

/**
 * Azure took a change and answered with something else: a policy rewrites it. The call counts as refused, so that it is
 * tried again with pauses that grow from ten minutes to an hour, while the object stays Ready and says so. `answer` is
 * what Azure has now.
 */
export class Overridden<T = unknown> extends OperatorError {
  readonly answer: T;

  constructor(message: string, answer: T) {
    super('stalled', 'OverriddenByPolicy' satisfies Reason, message);
    this.answer = answer;
  }
}

/** Whether it is the reason of a change that did not last, here or as the engine found it. */
export function isOverridden({ reason }: { reason: string }): boolean {
  return reason === ('OverriddenByPolicy' satisfies Reason);
}
