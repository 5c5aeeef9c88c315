import {
  AnabranchError,
  BackendFailedError,
  buildPassGraph,
  DisposedError,
  type Graph,
  GraphBuilder,
  InvalidArgumentError,
  ShapeMismatchError,
  type Tensor,
} from "@anabranch/core";
import { describe, expect, test } from "vitest";
import { FUSIONS, type Fusion } from "../../src/lowering/fusion.js";
import { lowerGraph } from "../../src/lowering/lower-graph.js";
import { createOnnxRuntime } from "../../src/runtime/onnx-runtime.js";
import { onnx, relativeDifference, runOn } from "./compare.js";
import { passInputs } from "./pass-inputs.js";
import { random, randomFloats, randomInts } from "./random.js";
import { singleOperation } from "./single-operation.js";
import { randomWeights, smallSpec, smallStreams } from "./small-model.js";

const sizes = { symbols: { batch: 1, rows: 5, slots: 7 }, vocabulary: 29, maxPositions: 64 };

function plainPass(): { graph: Graph; inputs: Record<string, Tensor> } {
  const graph = buildPassGraph({ spec: smallSpec, streamRows: "none", past: "heads", logits: { main: "all" } });
  return { graph, inputs: passInputs(graph, sizes, 1) };
}

async function refusal(run: Promise<unknown>): Promise<AnabranchError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(AnabranchError.isInstance(error)).toBe(true);
  return error as AnabranchError;
}

describe("a compiled graph on ONNX Runtime", () => {
  test("names the input that is missing, surplus, or of the wrong shape or type", async () => {
    const { graph, inputs } = plainPass();
    const compiled = await onnx.compile(graph, { constants: randomWeights(smallSpec, undefined, 1) });
    const { tokens, ...others } = inputs as { tokens: Tensor } & Record<string, Tensor>;
    const wrong: [Record<string, Tensor>, string][] = [
      [others, "tokens"],
      [{ ...inputs, tokenz: tokens }, "tokenz"],
      [{ ...inputs, tokens: { shape: [1, 5], data: Float32Array.from(tokens.data) } }, "tokens"],
      [{ ...inputs, tokens: { shape: [1, 5], data: new Int32Array(4) } }, "tokens"],
      [{ ...inputs, "bias.main.past": { shape: [1, 5, 8], data: new Float32Array(40) } }, "past.1.keys"],
    ];
    for (const [given, subject] of wrong) {
      const error = await refusal(compiled.run(given));
      expect(error).toBeInstanceOf(InvalidArgumentError);
      if (subject !== "past.1.keys") expect(error.subject).toBe(subject);
    }
    await compiled.dispose();
  });

  test("a cache by head has no batch: two texts at once are refused", async () => {
    const { graph } = plainPass();
    const compiled = await onnx.compile(graph, { constants: randomWeights(smallSpec, undefined, 1) });
    const two = passInputs(graph, { ...sizes, symbols: { ...sizes.symbols, batch: 2 } }, 1);
    expect((await refusal(compiled.run(two))).message).toMatch(/batch = 1/);
    await compiled.dispose();
  });

  test("writes outputs into the tensors given, and says which does not fit", async () => {
    const { graph, inputs } = plainPass();
    const compiled = await onnx.compile(graph, { constants: randomWeights(smallSpec, undefined, 1) });
    const expected = await compiled.run(inputs);
    const target = { shape: [1, 5, 29], data: new Float32Array(145) };
    const outputs = await compiled.run(inputs, { "logits.main": target });
    expect(outputs["logits.main"]).toBe(target);
    expect(target.data).toEqual(expected["logits.main"]?.data);
    // Keys and values of all layers leave the session as one tensor; each is written where it is wanted nonetheless.
    const keys = { shape: [1, 5, 12], data: new Float32Array(60) };
    expect((await compiled.run(inputs, { "new.1.keys.main": keys }))["new.1.keys.main"]).toBe(keys);
    expect(keys.data).toEqual(expected["new.1.keys.main"]?.data);
    for (const shape of [
      [1, 5, 28],
      [1, 4, 29],
      [5, 29],
    ]) {
      const data = new Float32Array(shape.reduce((size, length) => size * length, 1));
      expect((await refusal(compiled.run(inputs, { "logits.main": { shape, data } }))).subject).toBe("logits.main");
    }
    const double = { shape: [1, 5, 29], data: new Float64Array(145) };
    expect((await refusal(compiled.run(inputs, { "logits.main": double }))).subject).toBe("logits.main");
    expect((await refusal(compiled.run(inputs, { logits: target }))).subject).toBe("logits");
    await compiled.dispose();
  });

  test.each(FUSIONS)("computes the same without the fusion %s", async (fusion) => {
    const { graph, inputs } = plainPass();
    const constants = randomWeights(smallSpec, undefined, 1);
    const whole = await runOn(onnx, graph, inputs, { constants });
    const less = await runOn(createOnnxRuntime({ threads: 2, without: [fusion] }), graph, inputs, { constants });
    expect(Object.keys(less).sort()).toEqual(Object.keys(whole).sort());
    for (const [name, tensor] of Object.entries(whole)) {
      expect(relativeDifference(less[name] as Tensor, tensor), name).toBeLessThan(1e-5);
    }
    const modelOf = (without: readonly Fusion[]) => lowerGraph(graph, { constants, without }).model.length;
    expect(modelOf([fusion])).not.toBe(modelOf([]));
  });

  test("is refused after dispose, which may be called twice", async () => {
    const { graph, inputs } = plainPass();
    const compiled = await onnx.compile(graph, { constants: randomWeights(smallSpec, undefined, 1) });
    await compiled.dispose();
    await compiled.dispose();
    expect(await refusal(compiled.run(inputs))).toBeInstanceOf(DisposedError);
  });

  test("a failure inside ONNX Runtime names the graph", async () => {
    const tensors = [randomFloats(random(1), [3, 4]), { shape: [1, 1], data: Int32Array.of(99) }];
    const { graph, inputs } = singleOperation("embed", tensors, {});
    const error = await refusal(runOn(onnx, graph, inputs));
    expect(error).toBeInstanceOf(BackendFailedError);
    expect(error.subject).toBe("embed");
  });

  test("a constant of another shape is refused by name", async () => {
    const { graph } = plainPass();
    const constants = randomWeights(smallSpec, undefined, 1);
    constants.set("model.norm.weight", { format: "f32", shape: [3], data: new Float32Array(3) });
    const error = await refusal(onnx.compile(graph, { constants }));
    expect(error).toBeInstanceOf(ShapeMismatchError);
    expect(error.subject).toBe("model.norm.weight");
  });

  test("an output that the graph has not is refused by name", async () => {
    const { graph } = plainPass();
    expect((await refusal(onnx.compile(graph, { outputs: ["logits.none"] }))).subject).toBe("logits.none");
  });

  test("one value under two names, and an input as an output", async () => {
    const builder = new GraphBuilder("names");
    const x = builder.input("x", [1, 2, 3]);
    const [twice] = builder.add("scale", "twice", [x], { factor: 2 }) as [string];
    builder.output("a", twice);
    builder.output("b", twice);
    builder.output("same", x);
    const tensor = randomFloats(random(4), [1, 2, 3]);
    const { a, b, same } = await runOn(onnx, builder.build(), { x: tensor });
    expect(a?.data).toEqual(tensor.data.map((value) => 2 * value));
    expect(b?.data).toEqual(a?.data);
    expect(same?.data).toEqual(tensor.data);
  });

  test("sums over rows named many times are the same in every run", async () => {
    const next = random(6);
    const tensors = [randomFloats(next, [3, 64]), randomInts(next, [4, 500], 3), randomFloats(next, [4, 500, 64])];
    const { graph, inputs } = singleOperation("embedGrad", tensors, {});
    const compiled = await onnx.compile(graph);
    const first = (await compiled.run(inputs))["o0"]?.data;
    for (let run = 0; run < 20; run++) expect((await compiled.run(inputs))["o0"]?.data).toEqual(first);
    await compiled.dispose();
  });

  test("what no output needs is left out of the model", () => {
    const constants = randomWeights(smallSpec, smallStreams, 1);
    const { graph } = plainPass();
    const whole = lowerGraph(graph, { constants });
    const lower = lowerGraph(graph, { constants, outputs: ["hidden.1.main"] });
    expect(lower.inputs).toContain("past.0.keys");
    expect(lower.inputs).not.toContain("past.1.keys");
    expect(Buffer.from(whole.model).includes("layers.2.mlp")).toBe(true);
    expect(Buffer.from(lower.model).includes("layers.2.mlp")).toBe(false);
  });

  test("weights are in the model once", () => {
    const { graph } = plainPass();
    const constants = randomWeights(smallSpec, undefined, 1);
    const weights = [...constants.values()].reduce((sum, tensor) => sum + tensor.data.byteLength, 0);
    const tables = 2 * 16 * smallSpec.maxPositions * (smallSpec.headSize / 2) * 4;
    expect(lowerGraph(graph, { constants }).model.length).toBeLessThan(weights + tables + 20_000);
  });
});
