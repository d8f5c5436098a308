import { ArmFailure, type ArmRequest, type Json } from './http.ts';

/** What Resource Manager looks at before any provider does: the version that is asked for, and tags. */

/** Documented: 400 for a version that is no date, with or without `-preview`. A missing one is let pass here. */
export function checkVersion({ url }: ArmRequest): void {
  const version = url.searchParams.get('api-version');
  if (version === null || /^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) return;
  throw new ArmFailure(
    400,
    'InvalidApiVersionParameter',
    `The api-version '${version}' is invalid. The supported versions are dates.`,
  );
}

const mostTags = 50;
const longestName = 512;
const longestValue = 256;

/** Limits and characters are documented (learn, "Use tags to organize your Azure resources"); the codes are assumed. */
export function checkTags(body: Json): void {
  const tags = Object.entries((body['tags'] ?? {}) as Record<string, string>);
  if (tags.length > mostTags) throw new ArmFailure(400, 'TooManyTags', 'At most 50 tags are allowed.');
  for (const [name, value] of tags) {
    if (/[<>%&\\?/]/.test(name))
      throw new ArmFailure(
        400,
        'InvalidTagNameCharacters',
        `The tag name '${name}' has reserved characters.`,
      );
    if (name.length > longestName || value.length > longestValue)
      throw new ArmFailure(400, 'InvalidTag', `The tag '${name.slice(0, 20)}' is too long.`);
  }
}
