/** Real numbers as a runtime gives them: float32, or float64 from the reference interpreter. */
export type Floats = Float32Array | Float64Array;
