import { type GraphNode, type GraphValue, resolveDim } from "@anabranch/core";
import { COPY_ROWS } from "../../assembly/step-codes.js";
import { Arena, type Place } from "./arena.js";
import { byRow, type Located, type Lowering, type RopeTable } from "./lowering.js";
import type { CopiedInput, FollowedInput, Plan, PlannedOutput, PlannedOutputs } from "./plan.js";
import type { PlannedGraph, PlanRequest } from "./plan-graph.js";
import type { Step } from "./step.js";
import { writeSteps } from "./write-steps.js";

interface BuilderOptions extends PlanRequest {
  readonly followed: ReadonlySet<string>;
}

/** A value's place, and those of what was derived from it. */
interface Living {
  readonly at: Located;
  /** Absent for inputs, which stay where they are. */
  readonly place?: Place;
  readonly derived: Map<string, Place>;
}

/** Collects the steps of a plan, and gives every value its place. */
export class PlanBuilder implements Lowering {
  readonly heap;
  readonly kernels;
  readonly weight;
  readonly rowBits;
  readonly #planned: PlannedGraph;
  readonly #options: BuilderOptions;
  readonly #arena: Arena;
  readonly #living = new Map<string, Living>();
  readonly #steps: Step[] = [];
  readonly #copied: CopiedInput[] = [];
  readonly #words = new Map<string, number[]>();
  readonly #tables: RopeTable[] = [];
  readonly #constants: number[] = [];
  #counting: { address: number; rows: number } | undefined;
  #scratchBytes = 0;
  #rooms: Place[] = [];
  #index = 0;

  constructor(planned: PlannedGraph, options: BuilderOptions) {
    this.#planned = planned;
    this.#options = options;
    this.heap = planned.heap;
    this.kernels = planned.kernels;
    this.weight = planned.weight;
    this.rowBits = planned.rowBits;
    this.#arena = new Arena(options.base);
  }

  /** A node comes. @param index its place among the nodes of the plan */
  begin(index: number): void {
    this.#index = index;
  }

  /** A node is done: what is read no more gives its place back. */
  end({ inputs, outputs }: GraphNode): void {
    for (const place of this.#rooms) this.#arena.give(place);
    this.#rooms = [];
    for (const name of inputs) this.#giveBack(name);
    for (const name of outputs) this.#giveBack(name);
  }

  #giveBack(name: string): void {
    const living = this.#living.get(name);
    if (living === undefined || (this.#planned.lifetimes.lastUse.get(name) ?? -1) > this.#index) return;
    for (const place of living.derived.values()) this.#arena.give(place);
    living.derived.clear();
    if (living.place === undefined) return;
    this.#arena.give(living.place);
    this.#living.delete(name);
  }

  value(name: string): Located {
    return this.#live(name).at;
  }

  output(name: string): Located {
    const [at, place] = this.#take(name);
    this.#living.set(name, { at, place, derived: new Map() });
    return at;
  }

  inPlace(input: string, output: string): Located {
    const from = this.#live(input);
    const isLast = this.#planned.lifetimes.lastUse.get(input) === this.#index;
    if (isLast && from.place !== undefined && from.derived.size === 0) {
      this.#living.delete(input);
      this.#living.set(output, from);
      return from.at;
    }
    const to = this.output(output);
    this.#copy(from.at, to);
    return to;
  }

  isUsed(name: string): boolean {
    return this.#planned.lifetimes.lastUse.has(name);
  }

  room(bytes: number): Place {
    const place = this.#arena.take(bytes);
    this.#rooms.push(place);
    return place;
  }

  derived(name: string, key: string, bytes: number): { place: Place; isNew: boolean } {
    const { derived } = this.#live(name);
    const known = derived.get(key);
    if (known !== undefined) return { place: known, isNew: false };
    const place = this.#arena.take(bytes);
    derived.set(key, place);
    return { place, isNew: true };
  }

  constant(bytes: number): number {
    const address = this.heap.allocate(bytes);
    this.#constants.push(address);
    return address;
  }

  ropeTable(positions: string, frequencies: readonly number[], scale: number): RopeTable {
    const known = this.#tables.find(
      (table) => table.positions === positions && table.scale === scale && areEqual(table.frequencies, frequencies),
    );
    if (known !== undefined) return known;
    const { rows, features } = this.value(positions);
    const bytes = 4 * rows * features * frequencies.length;
    // Written before the plan runs, so no value may have had the place before.
    const [cosines, sines] = [this.#beforehand(bytes), this.#beforehand(bytes)];
    const table = { positions, frequencies, scale, cosines, sines };
    this.#tables.push(table);
    return table;
  }

  counting(rows: number): number {
    if (this.#counting === undefined || this.#counting.rows < rows) {
      this.#counting = { address: this.constant(4 * rows), rows };
      this.heap.ints(this.#counting.address, rows).forEach((_, index, numbers) => {
        numbers[index] = index;
      });
    }
    return this.#counting.address;
  }

  follows(input: string, word: number): boolean {
    if (!this.#options.followed.has(input)) return false;
    const words = this.#words.get(input);
    if (words === undefined) this.#words.set(input, [word]);
    else words.push(word);
    return true;
  }

  scratch(bytes: number): void {
    this.#scratchBytes = Math.max(this.#scratchBytes, Math.ceil(bytes / 64) * 64);
  }

  emit(step: Step): void {
    this.#steps.push(step);
  }

  finish(): Plan {
    const { threads } = this.#planned;
    const outputs = this.#gatherOutputs();
    const scratch = { address: this.#beforehand(this.#scratchBytes * threads), bytes: this.#scratchBytes };
    const steps = writeSteps(this.heap, this.#steps, { threads, scratch });
    return {
      steps,
      constants: this.#constants,
      arenaBytes: this.#arena.size,
      copied: this.#copied,
      followed: [...this.#words].map(([name, words]): FollowedInput => ({ name, words, address: 0 })),
      ropeTables: this.#tables,
      outputs,
    };
  }

  discard(): void {
    for (const address of this.#constants) this.heap.free(address);
  }

  /** Lays all outputs beside each other, so that they leave by one copy. */
  #gatherOutputs(): PlannedOutputs {
    let length = 0;
    const parts = this.#planned.outputs.map((name): PlannedOutput => {
      const value = this.#planned.graph.outputs[name] as string;
      const { shape } = this.value(value);
      const offset = length;
      length += sizeOf(shape);
      return { name, shape, offset, length: length - offset, dtype: this.#valueOf(value).dtype };
    });
    const { address } = this.#arena.append(4 * length);
    for (const { name, offset } of parts) {
      const from = this.value(this.#planned.graph.outputs[name] as string);
      this.#copy(from, { ...from, address: address + 4 * offset });
    }
    return { address, length, parts };
  }

  /** @param to of the same shape */
  #copy(from: Located, to: Located): void {
    const { address, features, rows } = from;
    const args = [address, features, features, to.address, features];
    this.emit({ code: COPY_ROWS, args, units: rows, reads: [byRow(from)], writes: [byRow(to)] });
  }

  /** A value that is there, or an input, which is copied in before each run. */
  #live(name: string): Living {
    const known = this.#living.get(name);
    if (known !== undefined) return known;
    const { dtype } = this.#valueOf(name);
    const shape = this.shape(name);
    const address = this.#beforehand(4 * sizeOf(shape));
    this.#copied.push({ name, address, dtype });
    const living: Living = { at: located(address, shape), derived: new Map() };
    this.#living.set(name, living);
    return living;
  }

  #take(name: string): [Located, Place] {
    const shape = this.shape(name);
    const place = this.#arena.take(4 * sizeOf(shape));
    return [located(place.address, shape), place];
  }

  /** Room that is written before the plan runs, and so is nobody else's at any time. */
  #beforehand(bytes: number): number {
    return this.#arena.append(bytes).address;
  }

  #valueOf(name: string): GraphValue {
    return this.#planned.graph.values[name] as GraphValue;
  }

  shape(name: string): readonly number[] {
    return this.#valueOf(name).shape.map((dim) => resolveDim(dim, this.#options.symbols) as number);
  }
}

function areEqual(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((number, index) => number === others[index]);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, axis) => size * axis, 1);
}

function located(address: number, shape: readonly number[]): Located {
  const features = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((size, axis) => size * axis, 1);
  return { address, shape, rows, features };
}
