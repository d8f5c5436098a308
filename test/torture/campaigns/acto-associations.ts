import { mutationCampaign } from '../acto/attempts.ts';
import { associationModel } from '../acto/association-side.ts';
import { associationBases, associationMeanings } from '../acto/associations.ts';

/** Acto's mutations of ArcServerAssociations. */
export const actoAssociations = mutationCampaign({
  name: 'acto-associations',
  tries:
    'every change of an association that the schema allows, and many that it does not: the servers follow or it is explained, and going back restores them',
  model: associationModel,
  bases: associationBases,
  meanings: associationMeanings,
  slice: 4,
});
