/** Replaces what differs from run to run, so that whole outputs can be compared. The only place that does. */
export function normalise(text: string, folder: string): string {
  return text
    .replaceAll(folder, '<project>')
    .replace(/"(tookMs|atMs)":[\d.]+/g, '"$1":"<time>"')
    .replace(/\b(\d+ min )?\d+(\.\d)? m?s\b/g, '<time>');
}
