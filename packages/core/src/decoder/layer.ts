import { type Dim, type GraphBuilder, type KeyLayout, overDim } from "../graph/index.js";
import { attentionOf, parameterNames } from "../model/index.js";
import { type LayerContext, layerLinear, layerValue } from "./layer-context.js";
import { addMlp } from "./mlp.js";
import { addHeadNorm, addNorm } from "./norms.js";
import { ropeFrequencies, ropeScale } from "./rope-frequencies.js";
import { passNames, type RowSet, type RowSetName } from "./row-set.js";

interface Projected {
  readonly set: RowSet;
  readonly q: string;
  readonly k: string;
  readonly v: string;
}

/** One transformer layer over one or more row sets. Returns the sets with new states; declares new keys and values as outputs. */
export function addLayer(context: LayerContext, layer: number, sets: readonly RowSet[]): RowSet[] {
  const projected = sets.map((set) => project(context, layer, set));
  const shared = projected
    .filter(({ set }) => set.keys)
    .map((from) => ({ name: from.set.name, ...publishKeys(context, layer, from) }));
  return projected.map((from) => {
    const attended = attend(context, layer, from, shared);
    return { ...from.set, x: addMlp(context, layer, from.set, attended) };
  });
}

function project(context: LayerContext, layer: number, set: RowSet): Projected {
  const { builder, spec } = context;
  const name = layerValue(layer, set, "attention_norm");
  const normed = addNorm(builder, spec, name, parameterNames.attentionNorm(layer), set.x);
  // All products of the same rows first: a backend's threads need not meet between them.
  const [q, k, v] = (["q_proj", "k_proj", "v_proj"] as const).map((module) =>
    layerLinear(context, layer, set, module, normed),
  ) as [string, string, string];
  const headNormed = (module: "q_proj" | "k_proj", weight: string, x: string): string =>
    addHeadNorm(builder, spec, layerValue(layer, set, `${module}_norm`), weight, x);
  return {
    set,
    q: turn(context, layer, set, "q", headNormed("q_proj", parameterNames.queryNorm(layer), q)),
    k: turn(context, layer, set, "k", headNormed("k_proj", parameterNames.keyNorm(layer), k)),
    v: rotateValues(context, layer, set, v),
  };
}

/** Queries or keys by position, in a layer that has RoPE. */
function turn({ builder, spec }: LayerContext, layer: number, set: RowSet, name: "q" | "k", x: string): string {
  const { rope } = attentionOf(spec, layer);
  if (rope === undefined) return x;
  const positions = builder.input(passNames.positions(set.name), builder.value(set.x).shape.slice(0, 2), "i32");
  const scale = ropeScale(rope);
  return builder.add("rope", layerValue(layer, set, name), [x, positions], {
    headSize: spec.headSize,
    frequencies: ropeFrequencies(rope, spec.headSize),
    maxPositions: spec.maxPositions,
    inverse: false,
    ...(scale !== 1 && { scale }),
  })[0] as string;
}

/** Eq. 9: the values of stream j turned by the angle ε j, where the adapter rotates values. */
function rotateValues({ builder, spec, streams }: LayerContext, layer: number, set: RowSet, v: string): string {
  const angle = streams?.valueRotation;
  if (streams === undefined || angle === undefined || set.own === "none") return v;
  const numbers = builder.input(passNames.streamNumbers(set.name), builder.value(set.x).shape.slice(0, 2), "i32");
  return builder.add("rope", layerValue(layer, set, "rotated_values"), [v, numbers], {
    headSize: spec.headSize,
    frequencies: new Array<number>(Math.floor(spec.headSize / 2)).fill(angle),
    maxPositions: streams.gamma + 1,
    inverse: false,
  })[0] as string;
}

/** Members from..to-1 of a set's groups; the tensor itself where that is all of them. */
function pickMembers(
  builder: GraphBuilder,
  name: string,
  x: string,
  members: number,
  from: number,
  to: number,
): string {
  if (from === 0 && to === members) return x;
  return builder.add("pick", name, [x], { members, from, to })[0] as string;
}

/** Keys and values that every row may see: those of the set's main members. They are what a cache keeps. */
function publishKeys(context: LayerContext, layer: number, { set, k, v }: Projected): { keys: string; values: string } {
  const { builder } = context;
  const keys = pickMembers(builder, layerValue(layer, set, "main_keys"), k, set.members, 0, 1);
  const values = pickMembers(builder, layerValue(layer, set, "main_values"), v, set.members, 0, 1);
  builder.output(passNames.newKeys(layer, set.name), keys);
  builder.output(passNames.newValues(layer, set.name), values);
  return { keys, values };
}

function attend(
  context: LayerContext,
  layer: number,
  { set, q, k, v }: Projected,
  shared: readonly { name: RowSetName; keys: string; values: string }[],
): string {
  const { builder, spec, past } = context;
  const { window } = attentionOf(spec, layer);
  const width = spec.kvHeads * spec.headSize;
  const sources: KeyLayout[] = [];
  const inputs: string[] = [];
  const [batch, rows] = builder.value(set.x).shape as readonly [Dim, Dim];
  const positions = overDim(rows, set.members);
  if (past !== undefined) {
    const shape = past === "heads" ? [spec.kvHeads, "slots", spec.headSize] : [batch, "slots", width];
    sources.push(past);
    inputs.push(
      builder.input(passNames.pastKeys(layer), shape),
      builder.input(passNames.pastValues(layer), shape),
      builder.input(passNames.bias(set.name, "past", window), [batch, positions, "slots"]),
    );
  }
  for (const { name, keys, values } of shared) {
    sources.push("rows");
    const bias = builder.input(passNames.bias(set.name, name, window), [
      batch,
      positions,
      builder.value(keys).shape[1] as Dim,
    ]);
    inputs.push(keys, values, bias);
  }
  if (set.own !== "none") {
    const from = set.own === "main-and-streams" ? 1 : 0;
    inputs.push(
      pickMembers(builder, layerValue(layer, set, "own_keys"), k, set.members, from, set.members),
      pickMembers(builder, layerValue(layer, set, "own_values"), v, set.members, from, set.members),
    );
  }
  const [mixed] = builder.add(
    "attend",
    layerValue(layer, set, "attended"),
    [q, ...inputs],
    {
      heads: spec.heads,
      kvHeads: spec.kvHeads,
      headSize: spec.headSize,
      members: set.members,
      own: set.own,
      ownLength: set.ownLength,
      sources,
      ...(spec.attentionScale !== undefined && { scale: spec.attentionScale }),
    },
    2,
  ) as [string];
  let out = layerLinear(context, layer, set, "o_proj", mixed);
  if (spec.outputNorms === true) {
    const name = layerValue(layer, set, "attention_output_norm");
    out = addNorm(builder, spec, name, parameterNames.attentionOutputNorm(layer), out);
  }
  return builder.add("add", layerValue(layer, set, "after_attention"), [set.x, out], { scale: 1 })[0] as string;
}
