import { InvalidFileError } from "../errors/index.js";
import { OPENING_DEPTH, type Opening, type OpeningNode } from "./opening.js";

/**
 * Reads an opening from parsed JSON.
 * @param source names where it was read, for errors.
 * @throws InvalidFileError when the value is not an opening.
 */
export function parseOpening(value: unknown, source: string): Opening {
  return { children: parseChildren(value, source, 0) };
}

function parseChildren(value: unknown, source: string, depth: number): OpeningNode[] {
  const children = (value as { children?: unknown } | null | undefined)?.children;
  if (!Array.isArray(children)) throw invalid(source, "an opening has a list of children");
  // A hostile file could nest deeper than the stack allows.
  if (depth >= OPENING_DEPTH && children.length > 0)
    throw invalid(source, `an opening has at most ${OPENING_DEPTH} levels`);
  return children.map((child) => parseNode(child, source, depth + 1));
}

function parseNode(value: unknown, source: string, depth: number): OpeningNode {
  const { token, copy, probability } = (value ?? {}) as Record<string, unknown>;
  if ((token === undefined) === (copy === undefined)) throw invalid(source, "a node has either a token or a copy");
  const place = token ?? copy;
  if (typeof place !== "number" || !Number.isSafeInteger(place) || place < 0) {
    throw invalid(source, "a node's token or copy is a whole number from 0");
  }
  if (typeof probability !== "number" || !(probability > 0 && probability <= 1)) {
    throw invalid(source, "a node's probability is above 0 and at most 1");
  }
  const children = parseChildren(value, source, depth);
  return token === undefined ? { copy: place, probability, children } : { token: place, probability, children };
}

function invalid(source: string, rule: string): InvalidFileError {
  return new InvalidFileError(`${source}: ${rule}.`, { subject: source, cure: "Count the opening again." });
}
