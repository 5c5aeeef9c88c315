export { verifyCoupled } from "./coupled.js";
export * from "./greedy.js";
export { verifyByRejection } from "./rejection.js";
export { type TypicalThreshold, verifyTypicalLossy } from "./typical-lossy.js";
export type { Verification, Verifier } from "./verifier.js";
