import { loadFirst, storeFirst } from "./lanes";

/**
 * Eq. 3 of the paper: beside each position, γ streams, stream j being start + embedding_j; behind x itself where `keepMain`.
 *
 * @param x [positions, features] f32, and `start` likewise
 * @param embedding [gamma, features] f32
 * @param out [positions, members, features] f32, members being gamma, or gamma + 1 with `keepMain`
 */
export function insertStreams(
  x: usize,
  start: usize,
  embedding: usize,
  gamma: usize,
  features: usize,
  keepMain: bool,
  out: usize,
  positionBegin: usize,
  positionEnd: usize,
): void {
  const row = features * 4;
  const members = gamma + (keepMain ? 1 : 0);
  for (let position = positionBegin; position < positionEnd; position++) {
    let to = out + position * members * row;
    if (keepMain) {
      memory.copy(to, x + position * row, row);
      to += row;
    }
    for (let stream: usize = 0; stream < gamma; stream++, to += row) {
      for (let at: usize = 0; at < features; at += 4) {
        const left = features - at;
        const sum = f32x4.add(
          loadFirst(start + position * row + at * 4, left),
          loadFirst(embedding + stream * row + at * 4, left),
        );
        storeFirst(to + at * 4, sum, left);
      }
    }
  }
}
