import { readPeers } from './peers/results.ts';
import { comparisonPage, withTable } from './peers/page.ts';
import { readResults } from './results.ts';
import { plot, scalingPage, scalingPlot, withFigures } from './scaling-page.ts';
import { current } from '../generated.ts';

/** What the documentation shows of the committed results, by path. */
export function resultPages(): Map<string, string> {
  const rows = readResults();
  return new Map([
    [scalingPage, withFigures(current(scalingPage), rows)],
    [scalingPlot, plot(rows)],
    [comparisonPage, withTable(current(comparisonPage), readPeers())],
  ]);
}
