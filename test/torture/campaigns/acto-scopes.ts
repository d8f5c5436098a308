import { mutationCampaign } from '../acto/attempts.ts';
import { scopeBases, scopeMeanings } from '../acto/estate.ts';
import { scopeModel } from '../acto/scope-side.ts';

/** Acto's mutations of ArcPrivateLinkScopes. */
export const actoScopes = mutationCampaign({
  name: 'acto-scopes',
  tries:
    'every change of a scope that the schema allows, and many that it does not: each takes effect or is explained, and going back restores Azure',
  model: scopeModel,
  bases: scopeBases,
  meanings: scopeMeanings,
  slice: 4,
});
