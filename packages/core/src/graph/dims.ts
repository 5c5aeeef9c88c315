import { InvalidGraphError } from "../errors/index.js";

/**
 * One axis of a shape: a number, a symbol ("rows"), or a symbol times a number ("rows*4"), which is as much algebra as
 * a decoder needs.
 */
export type Dim = number | string;

export type Shape = readonly Dim[];

const product = /^(.+)\*(\d+)$/;

function factorised(dim: string): { symbol: string; factor: number } {
  const match = product.exec(dim);
  return match ? { symbol: match[1] as string, factor: Number(match[2]) } : { symbol: dim, factor: 1 };
}

/** `dim * factor` */
export function timesDim(dim: Dim, factor: number): Dim {
  if (typeof dim === "number") return dim * factor;
  const { symbol, factor: own } = factorised(dim);
  return own * factor === 1 ? symbol : `${symbol}*${own * factor}`;
}

/** `dim / divisor`. @throws InvalidGraphError when it does not divide. */
export function overDim(dim: Dim, divisor: number): Dim {
  const { symbol, factor } = typeof dim === "number" ? { symbol: undefined, factor: dim } : factorised(dim);
  if (factor % divisor !== 0) throw new InvalidGraphError(`The axis ${dim} is not a multiple of ${divisor}.`);
  const quotient = factor / divisor;
  if (symbol === undefined) return quotient;
  return quotient === 1 ? symbol : `${symbol}*${quotient}`;
}

/** The numbers behind a shape, given what its symbols stand for. */
export function resolveDim(dim: Dim, symbols: ReadonlyMap<string, number>): number | undefined {
  if (typeof dim === "number") return dim;
  const { symbol, factor } = factorised(dim);
  const value = symbols.get(symbol);
  return value === undefined ? undefined : value * factor;
}

/** The symbol of an axis, with the value that a length of that axis gives it; undefined for a plain number. */
export function solveDim(dim: Dim, length: number): { symbol: string; value: number } | undefined {
  if (typeof dim === "number") return undefined;
  const { symbol, factor } = factorised(dim);
  return { symbol, value: length / factor };
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}
