import { type Dim, type GraphBuilder, type KeyLayout, overDim } from "../graph/index.js";
import { type LinearModule, type ModelSpec, parameterNames, type StreamSpec } from "../model/index.js";
import { adaptedLinear } from "./adapted-linear.js";
import { ropeFrequencies } from "./rope-frequencies.js";
import { passNames, type RowSet, type RowSetName } from "./row-set.js";

/** What a layer is built with; the same for all layers of a graph. */
export interface LayerContext {
  readonly builder: GraphBuilder;
  readonly spec: ModelSpec;
  readonly streams: StreamSpec | undefined;
  /** How committed keys and values come in; absent: nothing is committed. */
  readonly past: KeyLayout | undefined;
}

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

const join = (layer: number, set: RowSet, what: string): string => `layers.${layer}.${set.name}.${what}`;

function linear(context: LayerContext, layer: number, set: RowSet, module: LinearModule, x: string): string {
  const at = { layer, module, name: join(layer, set, module), adapted: set.adapted };
  return adaptedLinear(context.builder, context.spec, context.streams, at, x);
}

function norm(context: LayerContext, name: string, weight: string, x: string): string {
  const { builder, spec } = context;
  const parameter = builder.parameter(weight, [spec.hiddenSize]);
  return builder.add("norm", name, [x, parameter], { epsilon: spec.normEpsilon })[0] as string;
}

function project(context: LayerContext, layer: number, set: RowSet): Projected {
  const { builder, spec } = context;
  const normed = norm(context, join(layer, set, "attention_norm"), parameterNames.attentionNorm(layer), set.x);
  const shape = builder.value(set.x).shape.slice(0, 2);
  const positions = builder.input(passNames.positions(set.name), shape, "i32");
  const turned = (module: "q_proj" | "k_proj", name: string): string =>
    builder.add("rope", join(layer, set, name), [linear(context, layer, set, module, normed), positions], {
      headSize: spec.headSize,
      frequencies: ropeFrequencies(spec),
      maxPositions: spec.maxPositions,
      inverse: false,
    })[0] as string;
  return {
    set,
    q: turned("q_proj", "q"),
    k: turned("k_proj", "k"),
    v: linear(context, layer, set, "v_proj", normed),
  };
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
  const keys = pickMembers(builder, join(layer, set, "main_keys"), k, set.members, 0, 1);
  const values = pickMembers(builder, join(layer, set, "main_values"), v, set.members, 0, 1);
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
      builder.input(passNames.bias(set.name, "past"), [batch, positions, "slots"]),
    );
  }
  for (const { name, keys, values } of shared) {
    sources.push("rows");
    const bias = builder.input(passNames.bias(set.name, name), [batch, positions, builder.value(keys).shape[1] as Dim]);
    inputs.push(keys, values, bias);
  }
  if (set.own !== "none") {
    const from = set.own === "main-and-streams" ? 1 : 0;
    inputs.push(
      pickMembers(builder, join(layer, set, "own_keys"), k, set.members, from, set.members),
      pickMembers(builder, join(layer, set, "own_values"), v, set.members, from, set.members),
    );
  }
  const [mixed] = builder.add(
    "attend",
    join(layer, set, "attended"),
    [q, ...inputs],
    {
      heads: spec.heads,
      kvHeads: spec.kvHeads,
      headSize: spec.headSize,
      members: set.members,
      own: set.own,
      ownLength: set.ownLength,
      sources,
    },
    2,
  ) as [string];
  const out = linear(context, layer, set, "o_proj", mixed);
  return builder.add("add", join(layer, set, "after_attention"), [set.x, out], { scale: 1 })[0] as string;
}

function addMlp(context: LayerContext, layer: number, set: RowSet, x: string): string {
  const { builder } = context;
  const normed = norm(context, join(layer, set, "mlp_norm"), parameterNames.mlpNorm(layer), x);
  const gate = linear(context, layer, set, "gate_proj", normed);
  const up = linear(context, layer, set, "up_proj", normed);
  const [gated] = builder.add("gate", join(layer, set, "gated"), [gate, up], {}) as [string];
  const down = linear(context, layer, set, "down_proj", gated);
  return builder.add("add", join(layer, set, "out"), [x, down], { scale: 1 })[0] as string;
}
