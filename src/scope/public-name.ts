/**
 * The name that servers look up, without the `privatelink` that only Azure's own zones carry. Answers have it in either
 * form.
 */
export function publicName(name: string): string {
  return name.toLowerCase().replace(/(^|\.)privatelink\./, '$1');
}
