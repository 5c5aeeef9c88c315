import fc from "fast-check";
import { expect, it } from "vitest";
import { RopeAngles } from "../src/runtime/rope-angles.js";

it("positions have their own angles, whichever came before them", () => {
  const frequencies = [1, 0.25, 1e-3];
  const scale = 1.5;
  fc.assert(
    // Some have the same place among those that are kept.
    fc.property(fc.array(fc.nat({ max: 3 * 512 }), { minLength: 1, maxLength: 40 }), (positions) => {
      const angles = new RopeAngles(frequencies, scale);
      const [cosines, sines] = [new Float32Array(positions.length * 3), new Float32Array(positions.length * 3)];
      positions.forEach((position, row) => {
        angles.write(position, cosines, sines, 3 * row);
      });
      const expected = positions.flatMap((position) => frequencies.map((frequency) => position * frequency));
      expect(cosines).toEqual(Float32Array.from(expected, (angle) => scale * Math.cos(angle)));
      expect(sines).toEqual(Float32Array.from(expected, (angle) => scale * Math.sin(angle)));
    }),
    { examples: [[[5, 517, 5, 1029]]] },
  );
});
