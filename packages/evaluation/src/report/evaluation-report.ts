import type { Acceptance } from "../metrics/acceptance.js";
import type { Difference } from "../metrics/differences.js";
import type { Summary } from "../metrics/summary.js";

/** The machine that a figure was taken on. */
export interface MachineDescription {
  /** As the processor names itself; "unknown" where it does not. */
  readonly processor: string;
  /** Processors that this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  /** Those of the vector extensions that inference profits from; null where the system does not tell. */
  readonly processorFlags: readonly string[] | null;
  /** Kind, release and architecture. */
  readonly operatingSystem: string;
  /** Node's version, without the v. */
  readonly node: string;
}

/** What was asked for. More settings may stand beside the named ones. */
export interface EvaluationSettings {
  readonly task: string;
  readonly split: string;
  /** Whether the main stream sees its streams ("shared") or never does ("lossless"). */
  readonly mode: "shared" | "lossless";
  /** γ, the number of streams. */
  readonly gamma: number;
  /** k, the draft tokens a level of the tree. */
  readonly topK: number;
  readonly streams: "parallel" | "deferred" | "auto";
  readonly drafter: string;
  /** Examples taken from the split's beginning; null for all. */
  readonly limit: number | null;
  /** Whether ROUGE compared stems, where it was taken. */
  readonly rougeStemmer?: boolean;
  readonly [name: string]: string | number | boolean | null | undefined;
}

/** How good texts are: each task has some of these. */
export interface TextFigures {
  /** Mean F times 100, best reference of each example. */
  readonly rouge1?: number;
  readonly rougeLsum?: number;
  /** Percent of the queries that are the right one, word for word. */
  readonly exactMatch?: number;
  /** Percent of the queries that find what the right one finds, of those that can be judged. */
  readonly executionMatch?: number;
  /** Queries that can be judged. */
  readonly executionJudged?: number;
}

/** One-token-a-pass decoding with the same weights (and, in shared mode, the same streams) on the same examples. */
export interface PlainFigures extends TextFigures {
  /** Median over rounds, prefill apart. */
  readonly tokensPerSecond: number;
  /** In shared mode: the speed with the streams left out, whose words may differ. */
  readonly tokensPerSecondWithoutStreams?: number;
}

/** Speeds of paired, alternating runs, as `alternate` takes them. */
export interface TimingFigures {
  readonly rounds: number;
  readonly tokensPerSecond: Summary;
  readonly plainTokensPerSecond: Summary;
  /** Of the ratios within rounds. */
  readonly speedup: Summary;
}

/** What `anabranch evaluate` writes: one setting, one set of examples, one machine. */
export interface EvaluationReport
  extends TextFigures,
    Pick<
      Acceptance,
      | "tokens"
      | "passes"
      | "verifyPasses"
      | "cr"
      | "meanAcceptanceLength"
      | "acceptanceByPosition"
      | "acceptanceLengthHistogram"
    > {
  /** Of this layout; rises when a field changes its meaning. */
  readonly reportVersion: 1;
  /** Anabranch's own version. */
  readonly version: string;
  readonly examples: number;
  /** Median over rounds, prefill apart. */
  readonly tokensPerSecond: number;
  readonly plain: PlainFigures;
  /** Median of the ratios within rounds; not the ratio of the two medians. */
  readonly speedup: number;
  readonly timing: TimingFigures;
  /** Sequences whose ids are not plain decoding's, near-ties included. */
  readonly differingSequences: number;
  /** Those of them where plain decoding's best two logits were too close to call. */
  readonly nearTies: readonly Difference[];
  /** Folder, file or package name of the base model. */
  readonly model: string;
  readonly adapter: string | null;
  readonly backend: string;
  readonly machine: MachineDescription;
  readonly settings: EvaluationSettings;
}
