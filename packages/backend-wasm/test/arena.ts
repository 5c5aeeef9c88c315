import { type KernelKind, type Kernels, loadKernels, type WasmMemory } from "../src/index.js";
import { webAssembly } from "../src/web-assembly.js";

type Numbers = Int8Array | Uint8Array | Int32Array | Float32Array;

/** Kernels and a memory to give them tensors in: addresses only grow, until `reset`. */
export class Arena {
  #next = 16;
  /** [from, to) between the tensors, which nothing may write. */
  readonly #gaps: [number, number][] = [];

  private constructor(
    readonly memory: WasmMemory,
    readonly kernels: Kernels,
  ) {}

  static async create({
    shared = false,
    build = "plain",
    wide = false,
    pages = 512,
  }: Partial<KernelKind> & { readonly pages?: number } = {}): Promise<Arena> {
    const memory = new webAssembly.Memory({ initial: pages, maximum: pages, shared });
    return new Arena(memory, await loadKernels({ memory, build, wide }));
  }

  /** Forgets every address given so far; throws if a kernel wrote past the end of what it was given. */
  reset(): void {
    for (const [from, to] of this.#gaps.splice(0)) {
      const gap = new Uint8Array(this.memory.buffer, from, to - from);
      if (gap.some((byte) => byte !== 0xff)) throw new Error(`Something wrote to ${from}, past the end of a tensor.`);
    }
    this.#next = 16;
  }

  /** Room, filled with NaN (as float32), so that reading what was not written shows. */
  room(bytes: number): number {
    const address = this.#next;
    this.#next = (address + bytes + 31) & ~15;
    this.#gaps.push([address + bytes, this.#next]);
    new Uint8Array(this.memory.buffer, address, this.#next - address).fill(0xff);
    return address;
  }

  put(numbers: Numbers): number {
    const address = this.room(numbers.byteLength);
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    new Uint8Array(this.memory.buffer).set(bytes, address);
    return address;
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length).slice();
  }

  ints(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length).slice();
  }
}
