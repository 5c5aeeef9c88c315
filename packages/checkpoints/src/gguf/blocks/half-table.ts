import { f16ToFloat32 } from "../../safetensors/half-floats.js";

let table: Float32Array | undefined;

/** Every half float as float32, by its bits: blocks have one or two each, and a look-up is the fastest way to widen them. */
export function halfTable(): Float32Array {
  table ??= f16ToFloat32(Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits));
  return table;
}
