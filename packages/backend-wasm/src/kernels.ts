/** Output rows of a weight tile. */
export const TILE_ROWS = 8;

/**
 * How finely activations are quantized: to 127 or to 8191 levels on each side of 0. In the relaxed build a row costs about half
 * with 8 bits of what it does with 14; in the plain build they cost the same.
 *
 * 14 bits need blocks of at most 2048 weights, or sums of 32 bits overflow.
 */
export type ActivationBits = 8 | 14;

/** What `Kernels.activate` calls the activations. */
export const ACTIVATION_CODES = { silu: 0, gelu: 1, gelu_tanh: 2, relu: 3 } as const;

export type ActivationCode = (typeof ACTIVATION_CODES)[keyof typeof ACTIVATION_CODES];

/**
 * The kernels: plain functions on one memory. Pointers are addresses in bytes; strides and lengths are numbers of elements;
 * activations are float32, row-major.
 *
 * Each takes a range of its outputs, the last two arguments, so that threads can share the work without locks; where it says
 * tiles, of 8 outputs each. A row's result is the same bits alone or among others, for any split, and in every build.
 *
 * Nothing is checked: a wrong address is a wrong result. The sources, one kernel a file, are in assembly/.
 */
export interface Kernels {
  // ---- sizes in bytes ----

  /** A tile of 8-bit weights with `features` inputs. As blockSize give `features` where there is one scale an output. */
  int8TileBytes(features: number, blockSize: number): number;
  /** The same with scales of 16 bits. */
  int8HalfTileBytes(features: number, blockSize: number): number;
  int4TileBytes(features: number, blockSize: number): number;
  f32TileBytes(features: number): number;
  /** A row of activations, quantized to meet weights of this block size. */
  quantizedRowBytes(features: number, blockSize: number, bits: ActivationBits): number;
  /** What one thread needs for an `attend`. */
  attendScratchBytes(call: number): number;

  // ---- weights into tiles, once while loading ----

  /**
   * `Int8BlockTensor` into tiles.
   *
   * @param data i8 [rows, features]
   * @param scales f32 [rows, ceil(features / blockSize)]
   */
  packInt8(
    data: number,
    scales: number,
    rows: number,
    features: number,
    blockSize: number,
    tiles: number,
    tileBegin: number,
    tileEnd: number,
  ): void;
  /** `packInt8` where every scale is a 16-bit float that is not negative, given as f32. */
  packInt8Half: Kernels["packInt8"];
  /**
   * `Int4BlockTensor` into tiles.
   *
   * @param data u8 [rows, ceil(features / blockSize), blockSize / 2]
   * @param scales f32 [rows, ceil(features / blockSize)], and `offsets` likewise, or 0 where there are none
   */
  packInt4(
    data: number,
    scales: number,
    offsets: number,
    rows: number,
    features: number,
    blockSize: number,
    tiles: number,
    tileBegin: number,
    tileEnd: number,
  ): void;
  /** float32 into tiles; the weight of output o and feature i is at data + 4 * (o * rowStride + i * featureStride). */
  packF32(
    data: number,
    rowStride: number,
    featureStride: number,
    rows: number,
    features: number,
    tiles: number,
    tileBegin: number,
    tileEnd: number,
  ): void;

  // ---- matrix products ----

  /**
   * Quantizes rows by blocks of the weights' size.
   *
   * @param x f32 [rows, xStride]
   * @param out rows of `quantizedRowBytes` each
   */
  quantize(
    x: number,
    xStride: number,
    features: number,
    blockSize: number,
    bits: ActivationBits,
    out: number,
    rowBegin: number,
    rowEnd: number,
  ): void;
  /**
   * out[r, o] = sum over blocks of the two scales times the integer dot product.
   *
   * @param x `rows` quantized rows
   * @param out f32 [rows, outStride]
   */
  matmulInt8(
    x: number,
    rows: number,
    bits: ActivationBits,
    tiles: number,
    features: number,
    blockSize: number,
    out: number,
    outFeatures: number,
    outStride: number,
    tileBegin: number,
    tileEnd: number,
  ): void;
  /** For tiles of `packInt8Half`: the same bits. */
  matmulInt8Half: Kernels["matmulInt8"];
  matmulInt4: Kernels["matmulInt8"];
  /** @param x f32 [rows, xStride] */
  matmulF32(
    x: number,
    xStride: number,
    rows: number,
    tiles: number,
    features: number,
    out: number,
    outFeatures: number,
    outStride: number,
    tileBegin: number,
    tileEnd: number,
  ): void;

  // ---- rows ----

  /** out[r] = x[r], rows of `features` numbers with strides of their own. */
  copyRows(
    x: number,
    xStride: number,
    features: number,
    out: number,
    outStride: number,
    rowBegin: number,
    rowEnd: number,
  ): void;

  /** out[r] = x[indices[r]]; indices: i32 */
  gatherRows(x: number, features: number, indices: number, out: number, rowBegin: number, rowEnd: number): void;
  /** The same from packed weights: embedding with a matrix that is in memory once, as the head's. */
  gatherF32(tiles: number, features: number, indices: number, out: number, rowBegin: number, rowEnd: number): void;
  gatherInt8(
    tiles: number,
    features: number,
    blockSize: number,
    indices: number,
    out: number,
    rowBegin: number,
    rowEnd: number,
  ): void;
  gatherInt8Half: Kernels["gatherInt8"];
  gatherInt4: Kernels["gatherInt8"];

  // ---- between the products ----

  /** RMS norm of each of the `stretches` of `features` numbers that a row begins with; out may be x. */
  norm(
    x: number,
    xStride: number,
    weight: number,
    features: number,
    stretches: number,
    epsilon: number,
    out: number,
    outStride: number,
    rowBegin: number,
    rowEnd: number,
  ): void;
  /** x and out: [rows, features]; out may be x. */
  layerNorm(
    x: number,
    weight: number,
    bias: number,
    features: number,
    epsilon: number,
    out: number,
    rowBegin: number,
    rowEnd: number,
  ): void;
  /**
   * Rotary positions, in place, on the first heads * headSize numbers of each row.
   *
   * @param half how many pairs of a head are turned
   * @param positions i32 [rows]
   * @param cosines f32 [positions, half], and `sines` likewise
   */
  rope(
    x: number,
    stride: number,
    heads: number,
    headSize: number,
    half: number,
    positions: number,
    cosines: number,
    sines: number,
    inverse: boolean | 0 | 1,
    rowBegin: number,
    rowEnd: number,
  ): void;
  /**
   * out = activation(gate) * up, or without `up` (0) activation(gate).
   *
   * @param gate f32 [rows, stride], and `up` likewise
   * @param out f32 [rows, features]; begin and end count its numbers
   */
  activate(
    activation: ActivationCode,
    gate: number,
    up: number,
    stride: number,
    features: number,
    out: number,
    begin: number,
    end: number,
  ): void;
  /** out = a + scale * b; begin and end count numbers; out may be a or b. */
  add(a: number, b: number, scale: number, out: number, begin: number, end: number): void;
  /** out[r] = x[r] + bias; out may be x. */
  addBias(x: number, bias: number, features: number, out: number, rowBegin: number, rowEnd: number): void;
  /**
   * Softmax attention; begin and end count (kv head, row, query head of it), rows * heads in all. Its bits depend only on the
   * slots that a row sees and on their order, not on hidden ones between them, nor on how sources divide them. A bias below
   * -1e29 hides a slot, whatever stands in it, and costs no more than reading it; a row that sees nothing gets zeros.
   *
   * @param call address of an `AttendCall` (`writeAttendCall`)
   * @param scratch `attendScratchBytes` of this thread's own
   */
  attend(call: number, scratch: number, begin: number, end: number): void;

  // ---- reading logits f32 [rows, stride] ----

  /** out: f32 [rows]; scratch: `logSumExpScratchBytes` of this thread's own */
  logSumExp(
    logits: number,
    stride: number,
    features: number,
    out: number,
    scratch: number,
    rowBegin: number,
    rowEnd: number,
  ): void;
  logSumExpScratchBytes(): number;
  /** out[r] = logits[r, targets[r]] - sums[r]; sums as `logSumExp` gives them */
  logProb(
    logits: number,
    stride: number,
    sums: number,
    targets: number,
    out: number,
    rowBegin: number,
    rowEnd: number,
  ): void;
  /** The k most probable, best first: logProbs f32 [rows, k], indices i32 [rows, k]; k is at most `features`. */
  topK(
    logits: number,
    stride: number,
    features: number,
    k: number,
    sums: number,
    logProbs: number,
    indices: number,
    rowBegin: number,
    rowEnd: number,
  ): void;

  // ---- plans, as src/plan writes them ----

  /** Runs a plan on all threads, the caller's as thread 0; back when it is done. */
  runOnAll(plan: number, sync: number, threads: number, patience: number): void;
  /** What a worker calls: runs its share of every plan until it is given 0. */
  serve(sync: number, thread: number, threads: number, patience: number): void;
  /** Gives workers a plan, or with 0 lets them end. */
  giveOut(plan: number, sync: number, threads: number): void;
}
