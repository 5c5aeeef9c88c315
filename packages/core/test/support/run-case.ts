import {
  buildPassGraph,
  buildStreamsGraph,
  insertionLayer,
  passNames,
  type RowSetName,
  referenceRuntime,
  type Tensor,
} from "../../src/index.js";
import { type PassSet, type PassSets, passInputs } from "./pass-inputs.js";
import type { StreamsTinyCase } from "./streams-tiny.js";

/** What a text's rows left behind, by row: vectors of logits, and of each layer's keys and values. */
export class Trace {
  /** [rows][vocabulary] */
  readonly main: number[][] = [];
  /** [rows][γ * vocabulary] */
  readonly streams: number[][] = [];
  /** By name (`keys.3`, `values.3`, `hidden`): [rows][width] */
  readonly #states = new Map<string, number[][]>();

  states(name: string): number[][] {
    const known = this.#states.get(name) ?? [];
    this.#states.set(name, known);
    return known;
  }

  /** Cached keys or values of some rows as a cache keeps them: [kvHeads, slots, headSize]. */
  heads(name: string, rows: readonly number[], kvHeads: number, headSize: number): Tensor {
    const vectors = rows.map((row) => this.states(name)[row] as number[]);
    const data = Array.from({ length: kvHeads }, (_, head) =>
      vectors.flatMap((vector) => vector.slice(head * headSize, (head + 1) * headSize)),
    );
    return { shape: [kvHeads, rows.length, headSize], data: Float64Array.from(data.flat()) };
  }
}

/** Cuts a tensor in equal parts, one a row. */
function scatter(tensor: Tensor | undefined, rows: readonly number[], into: number[][]): void {
  if (tensor === undefined) return;
  const width = tensor.data.length / rows.length;
  rows.forEach((row, index) => {
    into[row] = Array.from(tensor.data.subarray(index * width, (index + 1) * width));
  });
}

function pastInputs(each: StreamsTinyCase, trace: Trace, past: readonly number[], layers: readonly number[]) {
  const { kvHeads, headSize } = each.spec;
  return Object.fromEntries(
    layers.flatMap((layer) => [
      [passNames.pastKeys(layer), trace.heads(`keys.${layer}`, past, kvHeads, headSize)],
      [passNames.pastValues(layer), trace.heads(`values.${layer}`, past, kvHeads, headSize)],
    ]),
  );
}

const layersFrom = (first: number, count: number): number[] =>
  Array.from({ length: count - first }, (_, layer) => first + layer);

/**
 * Runs rows `from` to `to` - 1 of a case as one pass, earlier rows being committed, and adds to the trace.
 *
 * @param all run the short cut for passes whose every row carries streams
 */
export async function runPass(each: StreamsTinyCase, trace: Trace, from: number, to: number, all = false) {
  const { spec, streams, text } = each;
  const rows = layersFrom(from, to);
  const carrying = rows.filter((row) => each.streamRows.includes(row));
  const bare = rows.filter((row) => !each.streamRows.includes(row));
  const carriers: PassSets =
    streams.mode === "lossless"
      ? { streams: { rows: carrying, members: streams.gamma } }
      : { rest: { rows: bare, members: 1 }, group: { rows: carrying, members: 1 + streams.gamma } };
  const mainSets: RowSetName[] = streams.mode === "lossless" ? ["main"] : all ? ["group"] : ["rest", "group"];
  const graph = buildPassGraph({
    spec,
    streams,
    streamRows: all ? "all" : "some",
    ...(from > 0 ? { past: "heads" } : {}),
    logits: Object.fromEntries([...mainSets, "streams"].map((name) => [name, "all"])),
  });
  const sets: PassSets = { main: { rows, members: 1 }, ...carriers };
  const past = layersFrom(0, from);
  const layers = layersFrom(0, spec.layers);
  const compiled = await referenceRuntime.compile(graph, { constants: each.parameters });
  const outputs = await compiled.run({
    ...passInputs(graph, text, sets, past),
    ...(from > 0 ? pastInputs(each, trace, past, layers) : {}),
  });
  for (const name of mainSets) scatter(outputs[passNames.logits(name)], sets[name]?.rows ?? [], trace.main);
  scatter(outputs[passNames.logits("streams")], carrying, trace.streams);
  scatter(outputs[passNames.hidden(insertionLayer(spec.layers, streams))], rows, trace.states("hidden"));
  for (const layer of layers) {
    for (const [name, set] of Object.entries(sets) as [RowSetName, PassSet][]) {
      scatter(outputs[passNames.newKeys(layer, name)], set.rows, trace.states(`keys.${layer}`));
      scatter(outputs[passNames.newValues(layer, name)], set.rows, trace.states(`values.${layer}`));
    }
  }
}

/** Runs the streams of a lossless case by themselves, after a pass that left all rows' states in the trace. */
export async function runDeferredStreams(each: StreamsTinyCase, trace: Trace): Promise<Trace> {
  const { spec, streams, streamRows } = each;
  const graph = buildStreamsGraph({ spec, streams, past: "heads", logits: true });
  const past = each.text.tokens.map((_, row) => row);
  const first = insertionLayer(spec.layers, streams);
  const states = streamRows.flatMap((row) => trace.states("hidden")[row] as number[]);
  const compiled = await referenceRuntime.compile(graph, { constants: each.parameters });
  const outputs = await compiled.run({
    ...passInputs(graph, each.text, { streams: { rows: streamRows, members: streams.gamma } }, past),
    ...pastInputs(each, trace, past, layersFrom(first, spec.layers)),
    [passNames.hidden(first)]: {
      shape: [1, streamRows.length, spec.hiddenSize],
      data: Float64Array.from(states),
    },
  });
  const deferred = new Trace();
  scatter(outputs[passNames.logits("streams")], streamRows, deferred.streams);
  return deferred;
}
