import type { StreamMode, WeightTensor } from "../model/index.js";

/** What a backend can do. Asking for more is an UnsupportedError that names the entry; nothing falls back silently. */
export interface Capabilities {
  /** Rows of one pass, all sequences together, streams not counted. Longer prefills are cut into chunks by the caller. */
  readonly maxRows: number;
  /**
   * Rows of a pass in which a prompt is best taken in, where that is fewer: longer passes are no faster, and what they hold
   * between layers takes memory.
   */
  readonly promptRows?: number;
  /** Sequences that may share one pass. */
  readonly maxSequences: number;
  /** Positions of one sequence: the smaller of the model's and the cache's. */
  readonly maxPositions: number;
  readonly weightFormats: readonly WeightTensor["format"][];
  /** Modes of stream adapters that can be attached; empty: none. */
  readonly streamModes: readonly StreamMode[];
  /** Streams beside the rows of a pass (the paper's way). */
  readonly parallelStreams: boolean;
  /** Streams after acceptance, beside the last committed row; lossless mode only. */
  readonly deferredStreams: boolean;
  /** Pruning of the tree between the lower and the upper layers (3.1.3). */
  readonly pruning: boolean;
  /** A bias over the vocabulary for a row. */
  readonly vocabularyBias: boolean;
  /** Hidden states as results. */
  readonly hiddenStates: boolean;
  readonly fork: boolean;
  /** True when a row's results are the same bits whatever other rows share its pass. */
  readonly rowIndependent: boolean;
}
