import type { GraphBuilder } from "../graph/index.js";
import { parameterNames, type StreamSpec } from "../model/index.js";
import { addLayer } from "./layer.js";
import type { LayerContext } from "./layer-context.js";
import { addNorm } from "./norms.js";
import { passNames, type RowSet, type RowSetName } from "./row-set.js";

/** The rows of a pass before streams: one member a position. */
export function mainRows(x: string, adapted: boolean): RowSet {
  return { name: "main", x, members: 1, own: "none", ownLength: 0, keys: true, adapted };
}

/** First layer with streams: N - N_s. */
export function insertionLayer(layers: number, streams: StreamSpec | undefined): number {
  return layers - (streams?.msaLayers ?? 0);
}

/** Embeds tokens and runs the MHA layers: only main rows are there. */
export function addLowerStage(context: LayerContext): RowSet {
  const { builder, spec, streams } = context;
  const tokens = builder.input(passNames.tokens, ["batch", "rows"], "i32");
  const table = builder.parameter(parameterNames.embedding, [spec.vocabularySize, spec.hiddenSize]);
  const [rows] = builder.add("embed", "embedded", [table, tokens], {}) as [string];
  const embedded = addPositions(context, scaleEmbeddings(context, rows));
  const top = insertionLayer(spec.layers, streams);
  return addLayers(context, 0, top, [mainRows(embedded, streams?.mode === "shared")])[0] as RowSet;
}

function scaleEmbeddings({ builder, spec }: LayerContext, x: string): string {
  const { embeddingScale: factor } = spec;
  return factor === undefined ? x : (builder.add("scale", "embedded.scaled", [x], { factor })[0] as string);
}

/** Learned positions, where the model has a table of them. */
function addPositions({ builder, spec }: LayerContext, x: string): string {
  if (spec.positionTable !== true) return x;
  const positions = builder.input(passNames.positions("main"), ["batch", "rows"], "i32");
  const table = builder.parameter(parameterNames.positions, [spec.maxPositions, spec.hiddenSize]);
  const [vectors] = builder.add("embed", "positions", [table, positions], {}) as [string];
  return builder.add("add", "embedded.placed", [x, vectors], { scale: 1 })[0] as string;
}

/** The MSA layers, from N - N_s to the last. */
export function addUpperStage(context: LayerContext, sets: readonly RowSet[]): RowSet[] {
  return addLayers(context, insertionLayer(context.spec.layers, context.streams), context.spec.layers, sets);
}

function addLayers(context: LayerContext, from: number, to: number, sets: readonly RowSet[]): RowSet[] {
  let current = [...sets];
  for (let layer = from; layer < to; layer++) {
    for (const set of current) exposeHidden(context.builder, layer, set);
    current = addLayer(context, layer, current);
  }
  return current;
}

/** States that enter a layer, for drafters, training and figures. */
function exposeHidden(builder: GraphBuilder, layer: number, set: RowSet): void {
  if (set.name !== "streams") builder.output(passNames.hidden(layer, set.name), set.x);
}

/** f_η of Eq. 3: the identity, or x + D (C x). */
function startOfStreams(context: LayerContext, x: string, set: RowSetName): string {
  const { builder, spec, streams } = context;
  const rank = streams?.initialisationRank;
  if (rank === undefined) return x;
  const down = builder.parameter(parameterNames.streamMapDown, [rank, spec.hiddenSize]);
  const up = builder.parameter(parameterNames.streamMapUp, [spec.hiddenSize, rank]);
  const [inner] = builder.add("linear", `${set}.start.down`, [x, down], { transposed: false }) as [string];
  const [delta] = builder.add("linear", `${set}.start.delta`, [inner, up], { transposed: false }) as [string];
  return builder.add("add", `${set}.start`, [x, delta], { scale: 1 })[0] as string;
}

/** Eq. 3 for rows x [batch, positions, hidden]: their streams alone (lossless), or the rows with their streams (shared). */
export function insertStreams(context: LayerContext, x: string, set: "group" | "streams"): RowSet {
  const { builder, spec } = context;
  const streams = context.streams as StreamSpec;
  const keepMain = set === "group";
  const embedding = builder.parameter(parameterNames.streamEmbedding, [streams.gamma, spec.hiddenSize]);
  const start = startOfStreams(context, x, set);
  const [inserted] = builder.add("insertStreams", `${set}.inserted`, [x, start, embedding], { keepMain }) as [string];
  return {
    name: set,
    x: inserted,
    members: streams.gamma + (keepMain ? 1 : 0),
    own: keepMain ? "main-and-streams" : "streams",
    ownLength: streams.gamma,
    keys: keepMain,
    adapted: true,
  };
}

/** Some of the main rows, by an input that lists them. */
export function selectRows(context: LayerContext, main: RowSet, set: "rest" | "group" | "streams"): string {
  const { builder } = context;
  const rows = builder.input(passNames.rowsOf(set), ["batch", set], "i32");
  return builder.add("select", `${set}.selected`, [main.x, rows], {})[0] as string;
}

/** Final norm: declares the states of a set's main members, and of its streams, as outputs. */
export function addFinalNorm(context: LayerContext, set: RowSet): void {
  const { builder, spec } = context;
  const normed = addNorm(builder, spec, `${set.name}.final_norm`, parameterNames.finalNorm, set.x);
  if (set.name === "group") {
    const { members } = set;
    const [main] = builder.add("pick", "group.final_main", [normed], { members, from: 0, to: 1 }) as [string];
    const [own] = builder.add("pick", "group.final_streams", [normed], { members, from: 1, to: members }) as [string];
    builder.output(passNames.final("group"), main);
    builder.output(passNames.final("streams"), own);
  } else {
    builder.output(passNames.final(set.name), normed);
  }
}
