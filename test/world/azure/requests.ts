import { ArmFailure, type ArmRequest, type Json } from './http.ts';

/** What Resource Manager looks at before any provider does: that JSON is sent, and tags. */

/** What is sent must say that it is JSON (quoted in Azure/azure-cli#10143, with its status, 415). */
export function checkContent({ headers, body }: ArmRequest): void {
  const media = headers['content-type']?.split(';')[0]?.trim();
  if (body === '' || media === 'application/json') return;
  throw new ArmFailure(
    415,
    'UnsupportedMediaType',
    `The content media type '${media ?? '<null>'}' is not supported. Only 'application/json' is supported.`,
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
