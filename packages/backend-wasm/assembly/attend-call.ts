/** What `attend` computes, as src/attend-call.ts writes it: fields of 4 bytes in this order, strides in numbers. */
@unmanaged
export class AttendCall {
  /** [rows, queryStride] f32, of which the first heads * headSize are taken */
  query: usize;
  queryStride: usize;
  /** [rows, outStride] f32 */
  out: usize;
  outStride: usize;
  rows: usize;
  /** Rows beside each other at one position. */
  members: usize;
  heads: usize;
  kvHeads: usize;
  /** A multiple of 4. */
  headSize: usize;
  scale: f32;
  /** As many `KeySource`s follow. */
  sources: usize;
}

/** Keys and values that rows look at. */
@unmanaged
export class KeySource {
  /** Key of a slot: at slot * slotStride + kvHead * headStride + position * positionStride; `values` likewise. */
  keys: usize;
  values: usize;
  slots: usize;
  slotStride: usize;
  headStride: usize;
  /** 0 where all positions see the same keys. */
  positionStride: usize;
  /** Added to scores, [slots] at position * biasStride + member * biasMemberStride; what is below `HIDDEN` hides a slot. */
  bias: usize;
  biasStride: usize;
  biasMemberStride: usize;
}

@inline
export function sourceAt(call: AttendCall, index: usize): KeySource {
  const first = changetype<usize>(call) + offsetof<AttendCall>();
  return changetype<KeySource>(first + index * offsetof<KeySource>());
}
