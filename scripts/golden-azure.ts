import { writeGenerated } from './generated.ts';
import { assumptionsPage } from '../test/world/azure/assumptions.ts';
import { transcripts } from '../test/world/azure/transcript/index.ts';

/**
 * Writes what the simulated Azure answers, word by word, for review, and docs/assumptions.md; with --check only says
 * what is stale.
 */
const files = await transcripts();
files.set('docs/assumptions.md', assumptionsPage());
writeGenerated(files, 'golden-azure');
