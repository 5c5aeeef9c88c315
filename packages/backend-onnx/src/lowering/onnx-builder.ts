import {
  type AttributeMessage,
  ElementType,
  type ModelMessage,
  type NodeMessage,
  type TensorMessage,
  type ValueMessage,
} from "../proto/messages.js";

export type Attributes = NodeMessage["attributes"];

export interface NodeOptions {
  readonly attributes?: Attributes;
  /** True for the contributed operators of ONNX Runtime (com.microsoft). */
  readonly contrib?: boolean;
}

export const int = (value: number): AttributeMessage => ({ int: value });
export const float = (value: number): AttributeMessage => ({ float: value });
export const text = (value: string): AttributeMessage => ({ text: value });
export const ints = (values: readonly number[]): AttributeMessage => ({ ints: values });

/** The bytes of a typed array, not copied. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Collects the nodes and initializers of an ONNX graph; constants that are equal are written once. */
export class OnnxBuilder {
  readonly #nodes: NodeMessage[] = [];
  readonly #initializers: TensorMessage[] = [];
  readonly #inputs: ValueMessage[] = [];
  readonly #outputs: ValueMessage[] = [];
  readonly #taken = new Set<string>();
  readonly #once = new Map<string, string>();

  /** A node whose outputs have the names given. */
  node(op: string, inputs: readonly string[], outputs: readonly string[], options: NodeOptions = {}): void {
    const { attributes = {}, contrib = false } = options;
    const name = outputs.find((output) => output !== "") ?? op;
    for (const output of outputs) this.#taken.add(output);
    this.#nodes.push({ name, op, domain: contrib ? "com.microsoft" : "", inputs, outputs, attributes });
  }

  /** A node with one output, whose name is made from `name`. */
  step(name: string, op: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const output = this.freeName(name);
    this.node(op, inputs, [output], options);
    return output;
  }

  /** Makes something only the first time that its key is asked for. */
  once(key: string, make: () => string): string {
    const known = this.#once.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#once.set(key, made);
    return made;
  }

  /** int64 [n] */
  ints(values: readonly number[]): string {
    return this.once(`ints ${values.join()}`, () =>
      this.initializer(
        `ints[${values.join()}]`,
        ElementType.int64,
        [values.length],
        [bytesOf(BigInt64Array.from(values, BigInt))],
      ),
    );
  }

  /** A float scalar. */
  float(value: number): string {
    return this.once(`float ${value}`, () => this.floats(`float(${value})`, [], Float32Array.of(value)));
  }

  floats(name: string, dims: readonly number[], data: Float32Array): string {
    return this.initializer(name, ElementType.float32, dims, [bytesOf(data)]);
  }

  initializer(name: string, type: ElementType, dims: readonly number[], parts: TensorMessage["parts"]): string {
    const free = this.freeName(name);
    this.#initializers.push({ name: free, type, dims, parts });
    return free;
  }

  input(value: ValueMessage): void {
    this.#taken.add(value.name);
    this.#inputs.push(value);
  }

  output(value: ValueMessage): void {
    this.#outputs.push(value);
  }

  /** Keeps a name from being given to anything else. */
  reserve(name: string): void {
    this.#taken.add(name);
  }

  freeName(name: string): string {
    let free = name;
    for (let copy = 2; this.#taken.has(free); copy++) free = `${name}#${copy}`;
    this.#taken.add(free);
    return free;
  }

  build(name: string): ModelMessage {
    return {
      name,
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }
}
