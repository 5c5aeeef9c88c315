/** Whether this build has the 8-bit dot product of relaxed SIMD: scripts/build-kernels.mjs says so. */
declare const EXACT_DOT: bool;
