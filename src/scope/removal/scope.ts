import { nameOf } from '../../azure/ids.ts';
import { none, takeDown } from '../dismantle.ts';
import { stage } from './stage.ts';

/** Deletion, the last of stage (d): the scope itself. */
export const scope = stage('scope', 'The scope is gone.', (seen) => {
  const { scope: known } = seen;
  if (known.is === 'unknown') return { ...none, unread: [known.fault] };
  if (known.is === 'absent' && !known.busy) return none;
  const what = `scope ${nameOf(seen.desired.scopeId)}`;
  if (known.is === 'absent' || known.busy) return { ...none, left: [what] };
  return takeDown(seen, known.value, { what, call: 'deleteScope', waitsFor: undefined });
});
