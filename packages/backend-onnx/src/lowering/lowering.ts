import {
  type Float32Tensor,
  type Graph,
  type GraphNode,
  type GraphValue,
  InvalidGraphError,
  type Shape,
  UnsupportedError,
  type WeightTensor,
} from "@anabranch/core";
import { ElementType } from "../proto/messages.js";
import { attentionInputs } from "./attention-inputs.js";
import type { FineRows } from "./fine-rows.js";
import type { Fusion } from "./fusion.js";
import type { LiveGraph } from "./live-nodes.js";
import { bytesOf, type NodeOptions, OnnxBuilder } from "./onnx-builder.js";
import { weightParts } from "./weight-parts.js";

/** What the rules of the operations share while one graph is lowered. */
export class Lowering {
  readonly onnx = new OnnxBuilder();
  /** Probabilities of attend nodes as they left the softmax, [b, H, r, t], by the value's name. */
  readonly softmaxes = new Map<string, string>();
  readonly #names = new Map<string, string>();
  #weightsFolder: string | undefined;
  #attentionInputs: ReadonlySet<GraphNode> | undefined;
  /** Nodes that another node's rule has lowered along with its own. */
  readonly #done = new Set<GraphNode>();
  readonly #deferred = new Map<string, () => void>();
  readonly #producers = new Map<string, GraphNode>();

  constructor(
    readonly graph: Graph,
    readonly live: LiveGraph,
    readonly constants: ReadonlyMap<string, WeightTensor>,
    private readonly fineRows: FineRows = "none",
    private readonly without: readonly Fusion[] = [],
  ) {
    for (const node of live.nodes) for (const output of node.outputs) this.#producers.set(output, node);
  }

  /** The ONNX name of a value of the graph. */
  name(value: string): string {
    const deferred = this.#deferred.get(value);
    if (deferred !== undefined) {
      this.#deferred.delete(value);
      deferred();
    }
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const tensor = this.constants.get(value);
    if (tensor === undefined) throw new InvalidGraphError(`The value ${value} is read before it is made.`);
    return this.constantAsFloat32(value, tensor);
  }

  setName(value: string, name: string): void {
    this.#names.set(value, name);
  }

  /** Lowers a value when it is first read, if ever. */
  defer(value: string, lower: () => void): void {
    this.#deferred.set(value, lower);
  }

  /** Reserves the name that a value will have, so that every node can carry it. */
  declare(value: string): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = this.onnx.freeName(value);
    this.#names.set(value, name);
    return name;
  }

  /** Lowers to a node that makes the value itself. */
  emit(value: string, op: string, inputs: readonly string[], options: NodeOptions = {}): void {
    this.onnx.node(op, inputs, [this.declare(value)], options);
  }

  value(name: string): GraphValue {
    const value = this.graph.values[name];
    if (value === undefined) throw new InvalidGraphError(`The graph ${this.graph.name} has no value ${name}.`);
    return value;
  }

  shape(name: string): Shape {
    return this.value(name).shape;
  }

  /** The folder of the files that weights are left in; undefined where all are in the model. */
  get weightsFolder(): string | undefined {
    return this.#weightsFolder;
  }

  /** Whether weights may be left in this folder's files: the first asked for is the only one. */
  readsFrom(folder: string): boolean {
    this.#weightsFolder ??= folder;
    return this.#weightsFolder === folder;
  }

  /** Whether the rows of a linear map keep 16 bits where they meet weights in blocks. */
  keepsRowsFine(node: GraphNode): boolean {
    if (this.fineRows !== "attention") return this.fineRows === "all";
    this.#attentionInputs ??= attentionInputs(this.live.nodes);
    return this.#attentionInputs.has(node);
  }

  fuses(what: Fusion): boolean {
    return !this.without.includes(what);
  }

  wants(value: string): boolean {
    return this.live.wanted.has(value);
  }

  producer(value: string): GraphNode | undefined {
    return this.#producers.get(value);
  }

  isDone(node: GraphNode): boolean {
    return this.#done.has(node);
  }

  setDone(node: GraphNode): void {
    this.#done.add(node);
  }

  constant(value: string): WeightTensor | undefined {
    return this.constants.get(value);
  }

  /** A constant that only has a quantised form in some places. */
  private constantAsFloat32(value: string, tensor: WeightTensor): string {
    if (tensor.format !== "f32") {
      throw new UnsupportedError(`ONNX Runtime reads ${value} where ${tensor.format} weights cannot stand.`, {
        subject: value,
        cure: "Give it as float32.",
      });
    }
    const parts = weightParts(this, [tensor], "data", () => [bytesOf((tensor as Float32Tensor).data)]);
    const name = this.onnx.initializer(value, ElementType.float32, tensor.shape, parts);
    this.#names.set(value, name);
    return name;
  }
}
