import type { Float32Tensor } from "@anabranch/core";
import fc from "fast-check";

export const matrix = (rows: number, columns: number, data: Float32Array): Float32Tensor => ({
  format: "f32",
  shape: [rows, columns],
  data,
});

/** Rows, columns, and as many numbers. */
export const matrices = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 70 }))
  .chain(([rows, columns]) =>
    fc.tuple(
      fc.constant(rows),
      fc.constant(columns),
      fc.float32Array({ minLength: rows * columns, maxLength: rows * columns, min: -8, max: 8, noNaN: true }),
    ),
  );
