export type { ConformanceCase } from "./conformance-case.js";
export { conformanceCases } from "./conformance-cases.js";
export { ConformanceFailure } from "./conformance-failure.js";
export { modelCases } from "./model-cases.js";
export type { ConformanceOptions } from "./settings.js";
export { type TestRunner, testBackend } from "./test-backend.js";
