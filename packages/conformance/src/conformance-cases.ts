import { budgets } from "./cases/budgets.js";
import { committedText } from "./cases/committed-text.js";
import { endsOfLife } from "./cases/ends-of-life.js";
import { families } from "./cases/families.js";
import { loading } from "./cases/loading.js";
import { plainPasses } from "./cases/plain-passes.js";
import { pruningCases } from "./cases/pruning.js";
import { queuedCalls } from "./cases/queued-calls.js";
import { randomWalks } from "./cases/random-walks.js";
import { refusedRequests } from "./cases/refused-requests.js";
import { rowIndependence } from "./cases/row-independence.js";
import { severalSequences } from "./cases/several-sequences.js";
import { streamCases } from "./cases/streams.js";
import type { ConformanceCase } from "./conformance-case.js";
import { type ConformanceOptions, settingsFrom } from "./settings.js";

/** Everything that the contract promises, as cases that run without any test runner. */
export function conformanceCases(options: ConformanceOptions = {}): readonly ConformanceCase[] {
  const settings = settingsFrom(options);
  return [
    plainPasses,
    committedText,
    streamCases,
    budgets,
    pruningCases,
    families,
    severalSequences,
    queuedCalls,
    rowIndependence,
    refusedRequests,
    endsOfLife,
    loading,
    randomWalks,
  ].flatMap((cases) => cases(settings));
}
