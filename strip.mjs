// Jest's transform: Node's own type stripper. Lines and columns stay exact, so no source maps are needed.
import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

const run = (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) });

export default {
  process: run,
  processAsync: async (source) => run(source),
  getCacheKey: (source, file, options) =>
    createHash('sha1')
      .update(process.version + file + source + options.instrument)
      .digest('hex'),
};
