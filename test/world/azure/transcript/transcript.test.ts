import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { transcripts } from './index.ts';

/**
 * Recordings cover what somebody recorded. This holds the rest: whatever the simulated Azure answers otherwise than it
 * did is seen in review, as a change of test/golden/azure (`make golden-azure`).
 */
it('answers word by word as reviewed', async () => {
  for (const [file, text] of await transcripts()) expect(text).toBe(readFileSync(file, 'utf8'));
}, 60_000);
