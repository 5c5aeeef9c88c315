/**
 * A text that no longer fits: its first `keep` tokens, at most half of the positions, and after them its latest ones, as
 * many as fill half of what is left.
 */
export function slide(tokens: readonly number[], keep: number, maxPositions: number): readonly number[] {
  const kept = Math.min(keep, Math.floor(maxPositions / 2));
  const latest = Math.max(1, Math.floor((maxPositions - kept) / 2));
  return tokens.length <= kept + latest ? tokens : [...tokens.slice(0, kept), ...tokens.slice(-latest)];
}
