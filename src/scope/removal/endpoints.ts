import { takeDownEndpoint, together } from '../dismantle.ts';
import { stage } from './stage.ts';

/** Deletion, stage (d): the private endpoints. */
export const endpoints = stage('endpoints', 'The private endpoints are gone.', (seen) =>
  together([...seen.endpoints.values()].map((endpoint) => takeDownEndpoint(seen, endpoint))),
);
