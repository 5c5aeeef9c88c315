import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockDecoders } from "../src/gguf/blocks/index.js";
import type { GgufTensorType } from "../src/index.js";
import { f16ToFloat32 } from "../src/safetensors/half-floats.js";
import { type BlockFormat, type BlockParts, blockFormats } from "./support/gguf-blocks.js";

/** Bits of a finite half. */
const halves = fc.nat({ max: 0xffff }).filter((bits) => (bits & 0x7c00) !== 0x7c00);

const partsOf = ({ weights, bits, groups, scaleRange: [min, max] }: BlockFormat): fc.Arbitrary<BlockParts> =>
  fc.record({
    d: halves,
    m: halves,
    quants: fc.array(fc.nat({ max: 2 ** bits - 1 }), { minLength: weights, maxLength: weights }),
    scales: fc.array(fc.integer({ min, max }), { minLength: groups, maxLength: groups }),
    minima: fc.array(fc.integer({ min, max }), { minLength: groups, maxLength: groups }),
  });

function weightsOf(format: BlockFormat, { d, m, quants, scales, minima }: BlockParts): number[] {
  const [scale, minimum] = f16ToFloat32(Uint16Array.of(d, m)) as unknown as [number, number];
  return quants.map((q, i) => {
    const group = Math.floor((i * format.groups) / format.weights);
    return Math.fround(format.weight(scale, minimum, q, scales[group] as number, minima[group] as number));
  });
}

describe("blocks packed from known scales and quants", () => {
  it.each(Object.entries(blockFormats) as [GgufTensorType, BlockFormat][])("%s decode to them", (type, format) => {
    fc.assert(
      fc.property(fc.array(partsOf(format), { minLength: 1, maxLength: 3 }), (blocks) => {
        const bytes = Uint8Array.from(blocks.flatMap((parts) => format.encode(parts)));
        const out = new Float32Array(blocks.length * format.weights);
        blockDecoders[type]?.(bytes, out, 0);
        expect([...out].map((value) => value + 0)).toEqual(
          blocks.flatMap((parts) => weightsOf(format, parts)).map((value) => value + 0),
        );
      }),
    );
  });
});
