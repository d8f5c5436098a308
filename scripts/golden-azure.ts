import { writeGenerated } from './generated.ts';
import { transcripts } from '../test/world/azure/transcript/index.ts';

/** Writes what the simulated Azure answers, word by word, for review; with --check only says what is stale. */
writeGenerated(await transcripts(), 'golden-azure');
