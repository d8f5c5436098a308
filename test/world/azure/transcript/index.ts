import { connections, endpoints, machines, pages, refusals, scopes } from './chapters.ts';
import { entra } from './entra.ts';
import { forms } from './forms.ts';
import { hybridConnections, securityGroups } from './networks.ts';
import { administration, failures, limits, tags } from './rules.ts';

const chapters: Record<string, () => string | Promise<string>> = {
  scopes,
  endpoints,
  connections,
  machines,
  pages,
  refusals,
  forms,
  administration,
  tags,
  limits,
  failures,
  entra,
  'security-groups': securityGroups,
  'hybrid-connections': hybridConnections,
};

export const transcriptFolder = 'test/golden/azure';

/** What the simulated Azure answers to all that the operator may ask, by the file that keeps it. */
export async function transcripts(): Promise<Map<string, string>> {
  const written = Object.entries(chapters).map(async ([name, write]): Promise<[string, string]> => [
    `${transcriptFolder}/${name}.txt`,
    `${await write()}\n`,
  ]);
  return new Map(await Promise.all(written));
}
