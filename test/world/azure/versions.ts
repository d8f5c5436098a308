import { ArmFailure, type ArmRequest } from './http.ts';

/**
 * The versions of each type's interface, oldest first: those of the recordings, of the specifications, of the pinned
 * SDKs and of the tools in bench/peers. Azure has more; a request for one that is not here is refused as one that a cloud does not have.
 */
const known: readonly (readonly [types: RegExp, versions: readonly string[]])[] = [
  [
    /^microsoft\.hybridcompute\//,
    [
      '2021-05-20',
      '2022-03-10',
      '2022-12-27',
      '2023-04-25-preview',
      '2024-07-10',
      '2025-01-13',
      '2025-02-19-preview',
      '2026-07-15',
    ],
  ],
  [/^microsoft\.network\/privatednszones/, ['2018-09-01', '2020-06-01', '2024-06-01']],
  [
    /^microsoft\.network\//,
    [
      '2020-11-01',
      '2021-02-01',
      '2021-08-01',
      '2022-01-01',
      '2023-05-01',
      '2023-11-01',
      '2024-05-01',
      '2026-01-01',
    ],
  ],
  [/^microsoft\.resources\//, ['2016-06-01', '2019-11-01', '2021-04-01', '2022-09-01', '2022-12-01']],
];

/** Those of a type, spelled as it may be; none where it is not known. */
export function versionsOf(type: string): readonly string[] {
  return known.find(([types]) => types.test(type.toLowerCase()))?.[1] ?? [];
}

/** The newest that is no preview. */
export function newestVersion(type: string): string {
  const settled = versionsOf(type).filter((version) => !version.endsWith('-preview'));
  return settled.at(-1) ?? '2022-12-01';
}

/**
 * Refuses a request for no version (quoted in cloudquery/cloudquery#6626), for one that is no date (documented), and for
 * one that the type does not have (quoted in Azure/azure-cli#28496). That this comes before anything else is assumed.
 */
export function checkVersion({ url }: ArmRequest, type: string, versions: readonly string[]): void {
  const version = url.searchParams.get('api-version');
  if (version === null)
    throw new ArmFailure(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version))
    throw new ArmFailure(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are dates.`,
    );
  if (versions.includes(version)) return;
  const message = `No registered resource provider found for location 'westeurope' and API version '${version}' for type '${type.slice(type.indexOf('/') + 1)}'. The supported api-versions are '${versions.join(', ')}'.`;
  throw new ArmFailure(400, 'NoRegisteredProviderFound', message);
}
