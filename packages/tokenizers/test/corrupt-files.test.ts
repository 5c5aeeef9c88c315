import { AnabranchError } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadTokenizer } from "../src/index.js";
import { byteFallbackTokenizer, byteLevelTokenizer, unigramTokenizer, wordPieceTokenizer } from "./small-tokenizers.js";

const files = [byteLevelTokenizer, byteFallbackTokenizer, wordPieceTokenizer, unigramTokenizer];

/** A file either loads and works, or is refused with an error that says what it is about. */
function expectUseOrTypedError(tokenizer: string | object): void {
  try {
    const loaded = loadTokenizer({ tokenizer });
    const ids = loaded.encode("The riverside pub, 5 £ 日本 <s> <bos> [UNK]\n");
    expect(typeof loaded.decode(ids)).toBe("string");
  } catch (error) {
    if (!AnabranchError.isInstance(error)) throw error;
    expect(["INVALID_FILE", "UNSUPPORTED"]).toContain(error.code);
    expect(error.message).toContain("tokenizer.json");
  }
}

/** Every place in a JSON value as the keys that lead there; the vocabulary's thousands are cut to a few. */
function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).slice(0, 12);
  return [path, ...inner.flatMap(([key, part]) => places(part, [...path, key]))];
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<string, unknown>)
    : { ...(value as object) };
  if (rest.length === 0 && replacement === undefined) delete copy[key];
  else copy[key] = replaceAt(copy[key], rest, replacement);
  return copy;
}

describe("a corrupt, truncated or foreign tokenizer.json", () => {
  it("is used or refused with a typed error when any byte is another, missing or added", () => {
    const texts = files.map((file) => JSON.stringify(file));
    const change = fc.record({
      text: fc.constantFrom(...texts),
      place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      kind: fc.constantFrom("replace", "insert", "delete", "truncate"),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(change, ({ text, place, kind, byte }) => {
        const bytes = [...new TextEncoder().encode(text)];
        const at = Math.floor(place * bytes.length);
        if (kind === "truncate") bytes.length = at;
        else bytes.splice(at, kind === "insert" ? 0 : 1, ...(kind === "delete" ? [] : [byte]));
        expectUseOrTypedError(new TextDecoder().decode(Uint8Array.from(bytes)));
      }),
      { numRuns: 500 },
    );
  });

  it("is used or refused with a typed error when any field is another or missing", () => {
    const change = fc.constantFrom(...files).chain((file) =>
      fc.record({
        file: fc.constant(file),
        place: fc.constantFrom(...places(file)),
        value: fc.oneof(
          fc.jsonValue(),
          fc.constantFrom(undefined, -1, 0, 1e9, "", "Sequence", "ByteLevel", "toString"),
        ),
      }),
    );
    fc.assert(
      fc.property(change, ({ file, place, value }) => {
        expectUseOrTypedError(replaceAt(file, place, value) as object);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["nothing", ""],
    ["a page of HTML", "<!doctype html><title>404</title>"],
    ["a list", "[]"],
    ["null", "null"],
    ["a config.json", '{"architectures":["LlamaForCausalLM"],"hidden_size":64}'],
    ["lists nested a hundred thousand deep", "[".repeat(100_000)],
  ])("that is %s is an InvalidFileError", (_, text) => {
    expect(() => loadTokenizer({ tokenizer: text })).toThrow(expect.objectContaining({ code: "INVALID_FILE" }));
  });

  it("names the field that is wrong", () => {
    const field = (path: string[], value: unknown) => () =>
      loadTokenizer({ tokenizer: replaceAt(byteLevelTokenizer, path, value) as object });
    expect(field(["model", "merges", "3"], ["q", "zzz"])).toThrow('model.merges[3] needs "zzz"');
    expect(field(["model", "vocab", "t"], "7")).toThrow('model.vocab["t"] is not a token id');
    expect(field(["added_tokens", "1", "id"], 0)).toThrow("added_tokens[1].id is 0, another token's");
    expect(field(["decoder", "type"], "ByteLevle")).toThrow('decoder.type names no decoder: "ByteLevle"');
    expect(field(["pre_tokenizer"], { type: "FixedLength", length: 0 })).toThrow("pre_tokenizer.length");
  });

  it("refuses what it could only run in another way than Hugging Face's library", () => {
    const split = { type: "Split", pattern: { Regex: "a" }, behavior: "MergedWithNext", invert: false };
    for (const change of [{ pre_tokenizer: split }, { decoder: { type: "CTC" } }, { normalizer: { type: "Nmt" } }]) {
      expect(() => loadTokenizer({ tokenizer: { ...byteLevelTokenizer, ...change } })).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED" }),
      );
    }
  });
});
