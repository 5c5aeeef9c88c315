import {
  type Activation,
  type AttendAttributes,
  type Graph,
  GraphBuilder,
  HIDDEN_BIAS,
  interpret,
  type OperationName,
  type ReferenceTensor,
} from "@anabranch/core";
import { describe, expect, it } from "vitest";
import { Random } from "../random/random.js";
import { differentiate, gradientName } from "./differentiate.js";
import { gradientRules } from "./gradient-rules.js";

/** A graph whose output is `out`, the parameters to differentiate by, and values for what is not random normal. */
interface Case {
  readonly graph: Graph;
  readonly given?: Readonly<Record<string, ReferenceTensor>>;
}

function graphOf(add: (builder: GraphBuilder) => string): Graph {
  const builder = new GraphBuilder("rule");
  builder.output("out", add(builder));
  return builder.build();
}

const ints = (shape: readonly number[], values: readonly number[]): ReferenceTensor => ({
  shape,
  data: Int32Array.from(values),
});
const first = (values: readonly string[]): string => values[0] as string;

function attendCase(
  members: number,
  own: AttendAttributes["own"],
  ownLength: number,
  sources: number,
  scale?: number,
): Case {
  const [heads, kvHeads, headSize, positions, slots] = [4, 2, 2, 3, 2];
  const graph = graphOf((builder) => {
    const q = builder.parameter("q", [2, positions * members, heads * headSize]);
    const rest: string[] = [];
    for (let source = 0; source < sources; source++) {
      rest.push(builder.parameter(`keys.${source}`, [2, slots, kvHeads * headSize]));
      rest.push(builder.parameter(`values.${source}`, [2, slots, kvHeads * headSize]));
      rest.push(builder.input(`bias.${source}`, [2, positions, slots]));
    }
    if (own !== "none") {
      rest.push(builder.parameter("ownKeys", [2, positions * ownLength, kvHeads * headSize]));
      rest.push(builder.parameter("ownValues", [2, positions * ownLength, kvHeads * headSize]));
    }
    const layouts = Array.from({ length: sources }, () => "rows" as const);
    const attributes = { heads, kvHeads, headSize, members, own, ownLength, sources: layouts, ...(scale && { scale }) };
    return first(builder.add("attend", "attended", [q, ...rest], attributes, 2));
  });
  // The last source's second slot is hidden from every other row.
  const hidden = new Float64Array(2 * positions * slots);
  for (let row = 0; row < 2 * positions; row++) hidden[row * slots + 1] = row % 2 === 0 ? HIDDEN_BIAS : 0.5;
  return { graph, given: { [`bias.${sources - 1}`]: { shape: [2, positions, slots], data: hidden } } };
}

const activations: readonly Activation[] = ["silu", "gelu", "gelu_tanh", "relu"];

const cases: Readonly<Record<string, Case>> = {
  embed: {
    graph: graphOf((builder) => {
      const tokens = builder.input("tokens", [2, 3], "i32");
      return first(builder.add("embed", "y", [builder.parameter("table", [5, 4]), tokens], {}));
    }),
    given: { tokens: ints([2, 3], [0, 4, 4, 1, 0, 4]) },
  },
  linear: {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("x", [2, 3, 4]), builder.parameter("weight", [5, 4])] as const;
      return first(builder.add("linear", "y", inputs, { transposed: false }));
    }),
  },
  "linear, transposed": {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("x", [2, 3, 5]), builder.parameter("weight", [5, 4])] as const;
      return first(builder.add("linear", "y", inputs, { transposed: true }));
    }),
  },
  norm: {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("x", [2, 3, 4]), builder.parameter("weight", [4])] as const;
      return first(builder.add("norm", "y", inputs, { epsilon: 1e-3 }));
    }),
  },
  "norm, of each head": {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("x", [2, 3, 6]), builder.parameter("weight", [3])] as const;
      return first(builder.add("norm", "y", inputs, { epsilon: 1e-3 }));
    }),
  },
  layerNorm: {
    graph: graphOf((builder) => {
      const vectors = [builder.parameter("weight", [4]), builder.parameter("bias", [4])] as const;
      return first(builder.add("layerNorm", "y", [builder.parameter("x", [2, 3, 4]), ...vectors], { epsilon: 1e-3 }));
    }),
  },
  bias: {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("x", [2, 3, 4]), builder.parameter("bias", [4])] as const;
      return first(builder.add("bias", "y", inputs, {}));
    }),
  },
  "rope, of a part of each head": {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("x", [1, 3, 12]), builder.input("positions", [1, 3], "i32")] as const;
      const attributes = { headSize: 6, frequencies: [1, 0.1], maxPositions: 16, inverse: false };
      return first(builder.add("rope", "y", inputs, attributes));
    }),
    given: { positions: ints([1, 3], [0, 7, 3]) },
  },
  rope: {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("x", [2, 3, 8]), builder.input("positions", [2, 3], "i32")] as const;
      const attributes = { headSize: 4, frequencies: [1, 0.1], maxPositions: 16, inverse: false };
      return first(builder.add("rope", "y", inputs, attributes));
    }),
    given: { positions: ints([2, 3], [0, 1, 7, 3, 3, 15]) },
  },
  "attend, with a scale of its own": attendCase(1, "none", 0, 1, 0.3),
  "attend, one source": attendCase(1, "none", 0, 1),
  "attend, streams beside committed rows": attendCase(2, "streams", 2, 1),
  "attend, main rows with their streams": attendCase(3, "main-and-streams", 2, 2),
  gate: {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("gate", [2, 3, 4]), builder.parameter("up", [2, 3, 4])] as const;
      return first(builder.add("gate", "y", inputs, {}));
    }),
  },
  ...Object.fromEntries(
    activations.flatMap((activation) => [
      [
        `gate, ${activation}`,
        {
          graph: graphOf((builder) => {
            const inputs = [builder.parameter("gate", [2, 3, 4]), builder.parameter("up", [2, 3, 4])] as const;
            return first(builder.add("gate", "y", inputs, { activation }));
          }),
        },
      ],
      [
        `activate, ${activation}`,
        {
          graph: graphOf((builder) =>
            first(builder.add("activate", "y", [builder.parameter("x", [2, 3, 4])], { activation })),
          ),
        },
      ],
    ]),
  ),
  add: {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("a", [2, 3, 4]), builder.parameter("b", [2, 3, 4])] as const;
      return first(builder.add("add", "y", inputs, { scale: -2.5 }));
    }),
  },
  "add, a value to itself": {
    graph: graphOf((builder) => {
      const a = builder.parameter("a", [2, 3, 4]);
      return first(builder.add("add", "y", [a, a], { scale: 3 }));
    }),
  },
  scale: {
    graph: graphOf((builder) =>
      first(builder.add("scale", "y", [builder.parameter("x", [2, 3, 4])], { factor: -0.7 })),
    ),
  },
  select: {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("x", [2, 3, 4]), builder.input("rows", [2, 4], "i32")] as const;
      return first(builder.add("select", "y", inputs, {}));
    }),
    given: { rows: ints([2, 4], [2, 0, 2, 2, 1, 1, 0, 2]) },
  },
  insertStreams: {
    graph: graphOf((builder) => {
      const [x, start] = [builder.parameter("x", [2, 3, 4]), builder.parameter("start", [2, 3, 4])];
      const embedding = builder.parameter("embedding", [2, 4]);
      return first(builder.add("insertStreams", "y", [x, start, embedding], { keepMain: true }));
    }),
  },
  "insertStreams, streams alone": {
    graph: graphOf((builder) => {
      const [x, embedding] = [builder.parameter("x", [2, 3, 4]), builder.parameter("embedding", [2, 4])];
      return first(builder.add("insertStreams", "y", [x, x, embedding], { keepMain: false }));
    }),
  },
  pick: {
    graph: graphOf((builder) => {
      const attributes = { members: 3, from: 1, to: 3 };
      return first(builder.add("pick", "y", [builder.parameter("x", [2, 6, 4])], attributes));
    }),
  },
  pickGrad: {
    graph: graphOf((builder) => {
      const attributes = { members: 3, from: 1, to: 3 };
      return first(builder.add("pickGrad", "y", [builder.parameter("x", [2, 4, 4])], attributes));
    }),
  },
  logProb: {
    graph: graphOf((builder) => {
      const inputs = [builder.parameter("logits", [2, 3, 5]), builder.input("targets", [2, 3], "i32")] as const;
      return first(builder.add("logProb", "y", inputs, {}));
    }),
    given: { targets: ints([2, 3], [0, 4, 2, 2, 1, 3]) },
  },
};

const random = new Random(7);

function normals(shape: readonly (number | string)[]): ReferenceTensor {
  const size = shape.reduce<number>((product, length) => product * Number(length), 1);
  return { shape: shape.map(Number), data: Float64Array.from({ length: size }, () => random.normal()) };
}

/** Sum of out times the seed: its gradient by a value is what the differentiated graph must say. */
function loss(graph: Graph, values: Readonly<Record<string, ReferenceTensor>>): number {
  const { data } = interpret(graph, values, ["out"]).out as ReferenceTensor;
  const seed = (values.seed as ReferenceTensor).data;
  return Array.from(data).reduce((sum, value, index) => sum + value * (seed[index] as number), 0);
}

describe("gradient rules", () => {
  it.each(Object.entries(cases))("%s agrees with finite differences", (_, { graph, given = {} }) => {
    const differentiated = differentiate(graph, { seeds: { out: "seed" }, parameters: graph.parameters });
    const values: Record<string, ReferenceTensor> = { ...given };
    for (const name of [...differentiated.inputs, ...differentiated.parameters]) {
      values[name] ??= normals(differentiated.values[name]?.shape as readonly number[]);
    }
    const gradients = interpret(differentiated, values);
    const step = 1e-5;
    for (const name of graph.parameters) {
      const { data } = values[name] as ReferenceTensor;
      const gradient = (gradients[gradientName(name)] as ReferenceTensor).data;
      for (let i = 0; i < data.length; i++) {
        const value = data[i] as number;
        data[i] = value + step;
        const above = loss(graph, values);
        data[i] = value - step;
        const below = loss(graph, values);
        data[i] = value;
        expect(gradient[i], `${name}[${i}]`).toBeCloseTo((above - below) / (2 * step), 6);
      }
    }
  });

  it("has a case for every operation that has a rule", () => {
    const tested = new Set(Object.values(cases).flatMap(({ graph }) => graph.nodes.map(({ op }) => op)));
    const ruled = (Object.keys(gradientRules) as OperationName[]).filter((op) => gradientRules[op] !== null);
    expect(tested).toEqual(new Set(ruled));
  });
});
