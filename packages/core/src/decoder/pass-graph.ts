import { InvalidArgumentError } from "../errors/index.js";
import { type Graph, GraphBuilder, type KeyLayout } from "../graph/index.js";
import type { ModelSpec, StreamSpec } from "../model/index.js";
import { addTransitionLogProbs } from "./early-exit.js";
import { addHead } from "./head.js";
import type { LayerContext } from "./layer-context.js";
import { passNames, type RowSet, type RowSetName } from "./row-set.js";
import {
  addFinalNorm,
  addLowerStage,
  addUpperStage,
  insertionLayer,
  insertStreams,
  mainRows,
  selectRows,
} from "./stages.js";

/**
 * Which rows of a pass carry streams.
 * - none: none does (a plain pass).
 * - some: those named by `rows.group` (shared mode, with the others named by `rows.rest`) or `rows.streams` (lossless).
 * - all: every row does, in order; the short cut for verifying a draft tree in shared mode.
 */
export type StreamRows = "none" | "some" | "all";

export interface PassGraphOptions {
  readonly spec: ModelSpec;
  /** The adapter's settings; required where rows carry streams, and in shared mode always. */
  readonly streams?: StreamSpec;
  readonly streamRows: StreamRows;
  /** How committed keys and values come in; absent: every row of the text is in the pass. */
  readonly past?: KeyLayout;
  /**
   * Logits to compute, by row set: "rows" for those listed by the input `read.<set>`, "all" for every position.
   * Sets that are not named get no logits; their states after the final norm are outputs anyway.
   */
  readonly logits?: Partial<Record<RowSetName, "rows" | "all">>;
}

function contextOf(
  name: string,
  spec: ModelSpec,
  streams: StreamSpec | undefined,
  past: KeyLayout | undefined,
): LayerContext {
  return { builder: new GraphBuilder(name), spec, streams, past };
}

/**
 * The whole of a pass, lower, upper and head in one graph. Inputs and outputs are named by {@link passNames}.
 *
 * @throws InvalidArgumentError when rows are to carry streams and no stream settings are given.
 */
export function buildPassGraph(options: PassGraphOptions): Graph {
  const { spec, streams, streamRows, past } = options;
  if (streamRows !== "none" && streams === undefined) {
    throw new InvalidArgumentError("Rows cannot carry streams without stream settings.", {
      cure: "Pass the adapter's StreamSpec as `streams`.",
    });
  }
  const context = contextOf(`pass.${streamRows}`, spec, streams, past);
  addUpperHalf(context, addLowerStage(context), options);
  return context.builder.build();
}

function addUpperHalf(context: LayerContext, main: RowSet, { streamRows, logits = {} }: PassGraphOptions): void {
  const sets = addUpperStage(context, upperSets(context, main, streamRows));
  for (const set of sets) addFinalNorm(context, set);
  addLogits(context, logits);
}

function upperSets(context: LayerContext, main: RowSet, streamRows: StreamRows): RowSet[] {
  const { builder, spec, streams } = context;
  if (streams !== undefined) {
    const layer = insertionLayer(spec.layers, streams);
    builder.output(passNames.hidden(layer), main.x);
  }
  if (streamRows === "none" || streams === undefined) return [main];
  if (streams.mode === "lossless") {
    return [
      main,
      insertStreams(context, streamRows === "all" ? main.x : selectRows(context, main, "streams"), "streams"),
    ];
  }
  if (streamRows === "all") return [insertStreams(context, main.x, "group")];
  const rest: RowSet = { ...main, name: "rest", x: selectRows(context, main, "rest") };
  return [rest, insertStreams(context, selectRows(context, main, "group"), "group")];
}

function addLogits(context: LayerContext, wanted: Partial<Record<RowSetName, "rows" | "all">>): void {
  const { builder } = context;
  for (const [set, which] of Object.entries(wanted) as [RowSetName, "rows" | "all"][]) {
    let states = builder.outputValue(passNames.final(set));
    if (which === "rows") {
      const rows = builder.input(passNames.read(set), ["batch", `read.${set}`], "i32");
      [states] = builder.add("select", `${set}.read`, [states, rows], {}) as [string];
    }
    builder.output(passNames.logits(set), addHead(builder, context.spec, `${set}.logits`, states));
  }
}

/** What {@link buildStreamsGraph} is built from. */
export interface StreamsGraphOptions {
  readonly spec: ModelSpec;
  readonly streams: StreamSpec;
  readonly past: KeyLayout;
  readonly logits?: boolean;
}

/**
 * Streams alone, beside rows that are already committed (deferred streams; and lossless training on kept states):
 * the input `hidden.<N - N_s>.main` [batch, streams, hidden] holds those rows' states, and the rows' own keys and values
 * are among the past. Only in lossless mode, where the main stream does not see its streams.
 *
 * @throws InvalidArgumentError in shared mode.
 */
export function buildStreamsGraph(options: StreamsGraphOptions): Graph {
  const { spec, streams, past } = options;
  if (streams.mode !== "lossless") {
    throw new InvalidArgumentError("Streams of a shared-mode adapter cannot be deferred: the main stream sees them.");
  }
  const context = contextOf("streams", spec, streams, past);
  const hidden = passNames.hidden(insertionLayer(spec.layers, streams));
  const states = context.builder.input(hidden, ["batch", "streams", spec.hiddenSize]);
  const sets = addUpperStage(context, [insertStreams(context, states, "streams")]);
  for (const set of sets) addFinalNorm(context, set);
  if (options.logits === true) addLogits(context, { streams: "all" });
  return context.builder.build();
}

/** What {@link buildLowerGraph} is built from. */
export interface LowerGraphOptions {
  readonly spec: ModelSpec;
  readonly streams: StreamSpec;
  readonly past?: KeyLayout;
  /** Absent: no early exit. `draftTokens`: size of the draft vocabulary; absent: the model's own head. */
  readonly exit?: { readonly draftTokens: number | undefined };
}

/**
 * The lower half of a pass that is pruned, and with it the transition probabilities that decide which rows go on: inputs and
 * outputs as {@link buildPassGraph} has them up to `hidden.<N - N_s>.main`, and those of `exitNames`.
 */
export function buildLowerGraph({ spec, streams, past, exit }: LowerGraphOptions): Graph {
  const context = contextOf("lower", spec, streams, past);
  const { builder } = context;
  const main = addLowerStage(context);
  builder.output(passNames.hidden(insertionLayer(spec.layers, streams)), main.x);
  if (exit !== undefined) addTransitionLogProbs(builder, spec, streams, main.x, exit.draftTokens);
  return builder.build();
}

/**
 * The upper half, from the input `hidden.<N - N_s>.main` [batch, rows, hidden]: for the rows that outlived pruning; and where
 * the states at stream insertion are known and the keys and values above them are wanted.
 */
export function buildUpperGraph(options: PassGraphOptions & { readonly streams: StreamSpec }): Graph {
  const { spec, streams, streamRows, past } = options;
  const context = contextOf(`upper.${streamRows}`, spec, streams, past);
  const hidden = passNames.hidden(insertionLayer(spec.layers, streams));
  const states = context.builder.input(hidden, ["batch", "rows", spec.hiddenSize]);
  addUpperHalf(context, mainRows(states, streams.mode === "shared"), options);
  return context.builder.build();
}

/**
 * The LM head alone, on states after the final norm: input `states` [batch, n, hidden], output `logits`.
 *
 * @param draftTokens size of the draft vocabulary, whose head is the parameter `draftHead`; absent: the model's own head
 */
export function buildHeadGraph(spec: ModelSpec, draftTokens?: number): Graph {
  const builder = new GraphBuilder("head");
  const states = builder.input("states", ["batch", "n", spec.hiddenSize]);
  builder.output("logits", addHead(builder, spec, "logits", states, draftTokens));
  return builder.build();
}
