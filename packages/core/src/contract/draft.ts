import type { Sequence } from "./sequence.js";

/**
 * A tree of candidate tokens under a root that it does not hold: the bonus token. Parents stand before their children.
 */
export interface DraftTree {
  readonly tokens: readonly number[];
  /** Index of each node's parent in the tree; ROOT for children of the bonus token. */
  readonly parents: readonly number[];
  /** Log-probability of each node given its parent, by the drafter's own measure. */
  readonly logProbs: readonly number[];
  /**
   * For a draft made at random: by parent, the distribution [vocabulary] that its children were drawn from, one after another
   * in the order of the nodes, without replacement. Children of other parents were chosen without chance.
   */
  readonly drawnFrom?: ReadonlyMap<number, Float64Array>;
  /** Milliseconds that drafting and verifying it take by the budget that it was built for; absent: there was none. */
  readonly predicted?: number;
}

/** The parent of a draft node that follows the bonus token. */
export const ROOT = -1;

/** How large a draft may be. */
export interface DraftLimit {
  /** Nodes in all: the most probable by joint probability are kept. */
  readonly nodes: number;
  /** Children of a node: the k of the paper. */
  readonly topK: number;
  /** Levels; γ when absent. More than γ where the adapter has transitions, which go on where streams end. */
  readonly depth?: number;
  /** Whether an adapter's transitions take part; true when absent. */
  readonly transitions?: boolean;
  /** Whether an adapter's Markov head takes part; true when absent. Without it streams are independent of each other. */
  readonly markov?: boolean;
  /** Tokens that end a text: nothing need be drafted below them. */
  readonly ends?: ReadonlySet<number>;
  /** What the tree may cost: it is then the one of most expected tokens a millisecond, of at most `nodes` nodes. */
  readonly budget?: DraftBudget;
}

/** What a step costs where the text stands now, in milliseconds. JSON-safe. */
export interface DraftBudget {
  /** A step that verifies so many nodes, drafting apart: the first without any. At least one. */
  readonly steps: readonly number[];
  /** What drafting has cost before the tree begins to grow. */
  readonly drafting: number;
  /** One level of a Markov head, by how many nodes get children in it, from one on. Absent: levels cost nothing more. */
  readonly levels?: readonly number[];
  /**
   * What joint probabilities of the first, second, ... level are multiplied by, as they turned out too high or too low; 1
   * where the list ends.
   */
  readonly confidence?: readonly number[];
  /**
   * Tokens that the text gets out of a millisecond otherwise. The tree then is the one that gains most over them, which grows
   * larger where drafts are sure and smaller where they are not; absent: the one of most tokens a millisecond of its own step.
   */
  readonly rate?: number;
}

/** Runs the γ streams beside a sequence's last committed row (deferred streams). */
export interface StreamsRequest {
  readonly sequence: Sequence;
}

/**
 * Asks for a draft from the streams of the sequence's last committed row. The streams' states never leave the backend.
 */
export interface DraftRequest {
  readonly sequence: Sequence;
  /** The token issued at the last committed row: the root of the draft. A head that conditions on it may use it. */
  readonly bonus: number;
  readonly limit: DraftLimit;
}
