import { InvalidArgumentError } from "@anabranch/core";
import { sqlExactMatch } from "./exact-match.js";
import type { SqlJudge, SqlReference } from "./execution-match.js";

export interface SqlExample extends SqlReference {
  readonly prediction: string;
}

export interface SqlScores {
  /** Percent of all queries. */
  readonly exactMatch: number;
  /** Percent of the queries that could be judged; 0 where none could. */
  readonly executionMatch: number;
  /** Queries that could be judged: contexts and right queries that run, and find something. */
  readonly executionJudged: number;
}

/**
 * Exact match and execution match over a set.
 *
 * @throws InvalidArgumentError for an empty set.
 */
export function sqlOverSet(judge: SqlJudge, examples: readonly SqlExample[]): SqlScores {
  if (examples.length === 0) {
    throw new InvalidArgumentError("SQL scores need at least one example.", { subject: "examples" });
  }
  const exact = examples.filter(({ prediction, query }) => sqlExactMatch(prediction, query)).length;
  const judged = examples
    .map(({ prediction, ...reference }) => judge.judge(prediction, reference))
    .filter((verdict) => verdict !== "unjudged");
  const matching = judged.filter((verdict) => verdict === "match").length;
  return {
    exactMatch: (100 * exact) / examples.length,
    executionMatch: judged.length === 0 ? 0 : (100 * matching) / judged.length,
    executionJudged: judged.length,
  };
}
