import type { GraphNode, NodeOf, OperationName } from "@anabranch/core";
import type { ActivationBits, Kernels } from "../kernels.js";
import type { Heap } from "../memory/heap.js";
import type { StoredWeight, TiledMatrix, WeightLayout } from "../weights/stored-weight.js";
import type { Place } from "./arena.js";
import type { Access, Step } from "./step.js";

/** A value of a graph in memory. */
export interface Located {
  readonly address: number;
  /** Lengths of its axes. */
  readonly shape: readonly number[];
  /** Product of all axes but the last. */
  readonly rows: number;
  /** Length of the last axis. */
  readonly features: number;
}

/** Cosines and sines by row that a plan wants computed before each run. */
export interface RopeTable {
  /** Graph input that holds the rows' positions. */
  readonly positions: string;
  readonly frequencies: readonly number[];
  readonly scale: number;
  /** f32 [rows, frequencies] */
  readonly cosines: number;
  /** f32 [rows, frequencies] */
  readonly sines: number;
}

/** What the lowering of a node has at hand. */
export interface Lowering {
  readonly kernels: Kernels;
  readonly heap: Heap;
  /** The weight behind a parameter; undefined where it is given with every run. */
  weight(name: string, layout: WeightLayout): StoredWeight | undefined;
  /** What rows keep in the product with a matrix. */
  rowBits(matrix: TiledMatrix, parameter: string): ActivationBits;
  value(name: string): Located;
  /** Lengths of the axes of a value or a parameter. */
  shape(name: string): readonly number[];
  /** Room for a node's output. */
  output(name: string): Located;
  /** Room for an output in the place of an input that is read no more; elsewhere, with the input copied there, if it is. */
  inPlace(input: string, output: string): Located;
  /** Whether anything reads a value, or it is an output. */
  isUsed(name: string): boolean;
  /** Room until the node is done. */
  room(bytes: number): Place;
  /** Room that lasts as long as a value does: what was derived from it, by a key. */
  derived(name: string, key: string, bytes: number): { readonly place: Place; readonly isNew: boolean };
  /** Room for numbers that stay as they are while the plan lives. */
  constant(bytes: number): number;
  /** Rows of cosines and sines for the positions in an input. */
  ropeTable(positions: string, frequencies: readonly number[], scale: number): RopeTable;
  /** 0, 1, 2, ... i32 [rows] */
  counting(rows: number): number;
  /** The address of an input that lies in the heap and may move from run to run: the word given is kept up to date. */
  follows(input: string, word: number): boolean;
  /** Bytes that each thread needs to scribble in. */
  scratch(bytes: number): void;
  emit(step: Step): void;
}

export type Lower<Name extends OperationName> = (node: NodeOf<Name>, at: Lowering) => void;

export type AnyLower = (node: GraphNode, at: Lowering) => void;

/** All of a value, whichever thread comes. */
export function wholly({ address, rows, features }: Located): Access {
  return { from: address, to: address + 4 * rows * features };
}

/** A value whose unit is a row. */
export function byRow(value: Located): Access {
  return { ...wholly(value), stride: 4 * value.features };
}

/** A value whose unit is a number. */
export function byNumber(value: Located): Access {
  return { ...wholly(value), stride: 4 };
}
