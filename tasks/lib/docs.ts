/** Where a check is explained: a section of the generated page. */
export function docsOf(id: string): string {
  return `docs/doctor.md#${id.toLowerCase()}`;
}
