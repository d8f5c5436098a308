/** The pause after so many failures in a row, in milliseconds: it doubles from the first up to the longest. */
export function growingMs(firstMs: number, longestMs: number, times: number): number {
  return Math.min(firstMs * 2 ** Math.max(0, times - 1), longestMs);
}
