import type { ModelSpec } from "@anabranch/core";
import type { OnnxBuilder } from "../../../src/lowering/onnx-builder.js";

/** Cosines and sines by position, [maxPositions, headSize / 2] each. */
export function rotaryCaches(onnx: OnnxBuilder, { maxPositions, headSize, rope }: ModelSpec): [string, string] {
  const half = headSize / 2;
  const theta = rope?.theta as number;
  const cache = (name: string, wave: (angle: number) => number): string => {
    const angle = (index: number): number => Math.floor(index / half) * theta ** (-(index % half) / half);
    const data = Float32Array.from({ length: maxPositions * half }, (_, index) => wave(angle(index)));
    return onnx.floats(name, [maxPositions, half], data);
  };
  return [cache("cos_cache", Math.cos), cache("sin_cache", Math.sin)];
}
