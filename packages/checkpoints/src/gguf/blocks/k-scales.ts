/**
 * The scale and the minimum (6 bits each) of group `group` (0..7) in the 12 bytes at `at` that Q4_K and Q5_K share. Bytes
 * 0..3 and 4..7 have scales and minima of groups 0..3 in their low 6 bits; bytes 8..11 have the low nibbles of groups 4..7
 * (scale below, minimum above), whose top 2 bits are the top bits of bytes 0..3 (scales) and 4..7 (minima).
 */
export function kScale(bytes: Uint8Array, at: number, group: number): number {
  if (group < 4) return (bytes[at + group] as number) & 63;
  return ((bytes[at + group + 4] as number) & 15) | (((bytes[at + group - 4] as number) >> 6) << 4);
}

export function kMinimum(bytes: Uint8Array, at: number, group: number): number {
  if (group < 4) return (bytes[at + group + 4] as number) & 63;
  return ((bytes[at + group + 4] as number) >> 4) | (((bytes[at + group] as number) >> 6) << 4);
}
