import { takeDown, together } from '../dismantle.ts';
import { stage } from './stage.ts';

/** Deletion, the last of stage (d): the scope itself. */
export const scope = stage('scope', 'The scope is gone.', (seen) => {
  const { scope: known } = seen;
  const nothingLeft = together([]);
  if (known.is === 'unknown') return { ...nothingLeft, unread: [known.fault] };
  if (known.is === 'absent' && !known.busy) return nothingLeft;
  const what = `scope ${seen.desired.scopeId.split('/').pop() ?? ''}`;
  if (known.is === 'absent' || known.busy) return { ...nothingLeft, left: [what] };
  return takeDown(seen, known.value, { what, call: 'deleteScope', waitsFor: undefined });
});
