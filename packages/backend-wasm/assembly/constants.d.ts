/** Whether this build has the 8-bit dot product of relaxed SIMD: scripts/build-kernels.mjs says so. */
declare const EXACT_DOT: bool;
/** Whether an engine may make vectors of 256 bits of it: of builds for browsers none does. */
declare const MAY_BE_WIDE: bool;
