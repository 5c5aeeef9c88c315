import { f32TileBytes, TILE } from "./layout";

/**
 * Lays float32 weights in tiles: features one after the other, 8 output rows beside each other.
 *
 * @param data weight of output o and feature i at data + 4 * (o * rowStride + i * featureStride): [in, out] packs too
 * @param out tiles of `f32TileBytes` each; rows past the last are zeros
 */
export function packF32(
  data: usize,
  rowStride: usize,
  featureStride: usize,
  rows: usize,
  features: usize,
  out: usize,
  tileBegin: usize,
  tileEnd: usize,
): void {
  for (let tile = tileBegin; tile < tileEnd; tile++) {
    const to = out + tile * f32TileBytes(features);
    for (let feature: usize = 0; feature < features; feature++) {
      for (let lane: usize = 0; lane < TILE; lane++) {
        const row = tile * TILE + lane;
        const weight: f32 = row < rows ? load<f32>(data + (row * rowStride + feature * featureStride) * 4) : 0;
        store<f32>(to + (feature * TILE + lane) * 4, weight);
      }
    }
  }
}
