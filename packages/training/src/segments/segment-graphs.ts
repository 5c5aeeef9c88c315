import {
  buildPassGraph,
  type Graph,
  insertionLayer,
  type KeyLayout,
  type ModelSpec,
  passNames,
  type RowSetName,
  type StreamSpec,
} from "@anabranch/core";
import { differentiate, gradientName } from "../differentiate/index.js";
import { lossNames, type SharedGraphOptions, seedsOf, sharedGraph } from "../graphs/index.js";

/** A layer's keys and values: as the past of later segments, and by row set as they come out of a segment's own pass. */
export interface LayerKeys {
  readonly pastKeys: string;
  readonly pastValues: string;
  /** In the order of the rows: in MHA layers main alone, in MSA layers rest and group. */
  readonly sets: readonly RowSetName[];
  readonly newKeys: readonly string[];
  readonly newValues: readonly string[];
}

/** Graphs of a segment in shared mode, the segments before it being its past. */
export interface SegmentGraphs {
  readonly layers: readonly LayerKeys[];
  /** Keys and values of the segment's main rows, without gradients. */
  readonly forward: { readonly graph: Graph; readonly outputs: readonly string[] };
  /** Loss and gradients: of the parameters, and of the past's keys and values; seeds for the segment's own ones. */
  readonly backward: { readonly graph: Graph; readonly outputs: readonly string[] };
}

/** Name of the input that holds the gradient with respect to an output. */
export function seedName(output: string): string {
  return `seed.${output}`;
}

export function segmentGraphs(
  options: SharedGraphOptions & { readonly past: KeyLayout },
  parameters: readonly string[],
): SegmentGraphs {
  const { spec, streams, past: layout } = options;
  const { graph, sets } = sharedGraph(options);
  const layers = Array.from({ length: spec.layers }, (_, layer) => layerKeys(spec, streams, layer));
  const published = layers.flatMap(({ newKeys, newValues }) => [...newKeys, ...newValues]);
  const past = layers.flatMap(({ pastKeys, pastValues }) => [pastKeys, pastValues]);
  const keySeeds = Object.fromEntries(published.map((output) => [output, seedName(output)]));
  const backward = differentiate(graph, { seeds: { ...seedsOf(sets), ...keySeeds }, parameters, inputs: past });
  return {
    layers,
    forward: { graph: buildPassGraph({ spec, streams, streamRows: "some", past: layout }), outputs: published },
    backward: {
      graph: backward,
      outputs: [...sets.map(lossNames.logProb), ...[...parameters, ...past].map(gradientName)],
    },
  };
}

function layerKeys(spec: ModelSpec, streams: StreamSpec, layer: number): LayerKeys {
  const sets: RowSetName[] = layer < insertionLayer(spec.layers, streams) ? ["main"] : ["rest", "group"];
  return {
    sets,
    pastKeys: passNames.pastKeys(layer),
    pastValues: passNames.pastValues(layer),
    newKeys: sets.map((set) => passNames.newKeys(layer, set)),
    newValues: sets.map((set) => passNames.newValues(layer, set)),
  };
}
