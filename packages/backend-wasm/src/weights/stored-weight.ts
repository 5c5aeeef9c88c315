import type { WeightTensor } from "@anabranch/core";

/** A matrix [rows, features] in tiles, as kernels multiply and gather it. */
export interface TiledMatrix {
  readonly layout: "tiles";
  readonly format: WeightTensor["format"];
  readonly address: number;
  /** Bytes of a tile of `TILE_ROWS` rows. */
  readonly tileBytes: number;
  readonly rows: number;
  readonly features: number;
  /** Features a scale; all of them where there are no scales. */
  readonly blockSize: number;
  /** Whether scales are kept in 16 bits. */
  readonly halfScales: boolean;
}

/** Float32 numbers as they are: a norm's weight, the embedding of streams. */
export interface PlainNumbers {
  readonly layout: "plain";
  readonly address: number;
  readonly shape: readonly number[];
}

export type StoredWeight = TiledMatrix | PlainNumbers;

/** How a weight lies in memory, which what it is used for decides. */
export type WeightLayout = StoredWeight["layout"];
