import {
  BackendFailedError,
  type CompiledGraph,
  DisposedError,
  type Graph,
  type GraphValue,
  InvalidArgumentError,
  type Tensor,
} from "@anabranch/core";
import { checkInputs, checkTensor } from "@anabranch/graph-backend";
import type { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import type { OutputStack } from "../lowering/stacked-outputs.js";
import { fromOnnx, toFetch, toOnnx } from "./tensors.js";

/** What a compiled graph keeps beside its session. */
export interface OnnxGraphParts {
  readonly session: InferenceSession;
  /** Everything that a run must be given. */
  readonly expected: ReadonlySet<string>;
  /** What of it the session reads. */
  readonly fed: readonly string[];
  readonly outputs: readonly string[];
  /** Outputs that the session gives together. */
  readonly stacks: readonly OutputStack[];
  /** Symbols whose length is settled. */
  readonly settled: ReadonlyMap<string, number>;
}

export class OnnxGraph implements CompiledGraph {
  readonly #parts: OnnxGraphParts;
  readonly #stacked: ReadonlySet<string>;
  #disposed = false;

  constructor(
    readonly graph: Graph,
    parts: OnnxGraphParts,
  ) {
    this.#parts = parts;
    this.#stacked = new Set(parts.stacks.flatMap(({ members }) => members));
  }

  /** Blocks the thread while the session computes. */
  async run(
    inputs: Readonly<Record<string, Tensor>>,
    into: Readonly<Record<string, Tensor>> = {},
  ): Promise<Record<string, Tensor>> {
    if (this.#disposed) throw new DisposedError(`The graph ${this.graph.name} was disposed.`);
    const { session, expected, fed, outputs, stacks, settled } = this.#parts;
    const symbols = new Map(settled);
    checkInputs(this.graph, expected, inputs, symbols);
    const feeds: Record<string, OnnxTensor> = {};
    for (const name of fed) feeds[name] = toOnnx(inputs[name] as Tensor);
    const fetches = this.#fetches(into, symbols);
    const results = await session.run(feeds, fetches).catch((cause: unknown) => this.#failed(cause));
    const tensors: Record<string, Tensor> = {};
    for (const { name, members } of stacks) unstack(fromOnnx(results[name] as OnnxTensor), members, into, tensors);
    for (const name of outputs) tensors[name] ??= into[name] ?? fromOnnx(results[name] as OnnxTensor);
    return tensors;
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#parts.session.release();
  }

  #fetches(into: Readonly<Record<string, Tensor>>, symbols: Map<string, number>): Record<string, OnnxTensor | null> {
    const { outputs, stacks } = this.#parts;
    const fetches: Record<string, OnnxTensor | null> = {};
    for (const name of outputs) if (!this.#stacked.has(name)) fetches[name] = null;
    for (const { name } of stacks) fetches[name] = null;
    for (const [name, tensor] of Object.entries(into)) {
      const value = this.graph.values[this.graph.outputs[name] ?? ""] as GraphValue | undefined;
      if (value === undefined || !outputs.includes(name)) {
        throw new InvalidArgumentError(`${name} is not among the outputs that ${this.graph.name} computes.`, {
          subject: name,
        });
      }
      checkTensor(name, tensor, value, symbols);
      const fetch = toFetch(name, tensor, value.dtype);
      if (!this.#stacked.has(name)) fetches[name] = fetch;
    }
    return fetches;
  }

  #failed(cause: unknown): never {
    throw new BackendFailedError(`ONNX Runtime failed in the graph ${this.graph.name}: ${messageOf(cause)}`, {
      subject: this.graph.name,
      cause,
    });
  }
}

/** The members of a stack as stretches of it, or copied to where they are wanted. */
function unstack(
  { shape, data }: Tensor,
  members: readonly string[],
  into: Readonly<Record<string, Tensor>>,
  tensors: Record<string, Tensor>,
): void {
  const memberShape = [1, ...shape.slice(1)];
  const size = data.length / members.length;
  members.forEach((name, index) => {
    const stretch = data.subarray(index * size, (index + 1) * size);
    const wanted = into[name];
    wanted?.data.set(stretch);
    tensors[name] = wanted ?? { shape: memberShape, data: stretch };
  });
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
