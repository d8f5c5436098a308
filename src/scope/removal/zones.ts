import { takeDownZone, together } from '../dismantle.ts';
import { stage } from './stage.ts';

/** Deletion, stage (d): the DNS zones. */
export const zones = stage('zones', 'The DNS zones are gone.', (seen) =>
  together([...seen.zones.values()].map((zone) => takeDownZone(seen, zone))),
);
