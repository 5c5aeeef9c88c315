import { committedText } from "./cases/committed-text.js";
import { plainPasses } from "./cases/plain-passes.js";
import { severalSequences } from "./cases/several-sequences.js";
import { streamCases } from "./cases/streams.js";
import type { ConformanceCase } from "./conformance-case.js";
import { type ConformanceOptions, settingsFrom } from "./settings.js";

/** Everything that the contract promises, as cases that run without any test runner. */
export function conformanceCases(options: ConformanceOptions = {}): readonly ConformanceCase[] {
  const settings = settingsFrom(options);
  return [plainPasses, committedText, streamCases, severalSequences].flatMap((cases) => cases(settings));
}
