import { AnabranchError } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GgufMetadata, tokenizerFromGguf } from "../src/index.js";
import { changed, smallByteLevel, smallSentencePiece } from "./gguf-metadata.js";

const files = [smallByteLevel, smallSentencePiece];

/** Metadata either loads and works, or is refused with an error that names the key. */
function expectUseOrTypedError(metadata: GgufMetadata): void {
  try {
    const tokenizer = tokenizerFromGguf(metadata);
    const ids = tokenizer.encode("The riverside pub, 5 £ 日本 <s> <bos> <tool>\n");
    expect(typeof tokenizer.decode(ids)).toBe("string");
    expect(typeof (tokenizer.chatTemplate?.render([{ role: "user", content: "Hi" }]) ?? "")).toBe("string");
  } catch (error) {
    if (!AnabranchError.isInstance(error)) throw error;
    expect(["INVALID_FILE", "UNSUPPORTED"]).toContain(error.code);
    expect(error.message).toContain("tokenizer.");
    expect(error.subject).toContain("tokenizer.");
  }
}

const anyValue = fc.oneof(
  fc.jsonValue(),
  fc.bigInt(),
  fc.array(fc.string(), { maxLength: 300 }),
  fc.float32Array(),
  fc.constantFrom(undefined, -1, 2 ** 40, Number.NaN, "gpt2", "llama", "llama-bpe", "qwen2", "__proto__", "\ud800"),
  fc.constantFrom([], [""], ["a", "a"], new DataView(new ArrayBuffer(8)), "▁".repeat(100_000)),
);

describe("corrupt metadata of a GGUF file", () => {
  it("is used or refused with a typed error when any value is another or missing", () => {
    const change = fc
      .constantFrom(...files)
      .chain((file) => fc.record({ file: fc.constant(file), key: fc.constantFrom(...file.keys()), value: anyValue }));
    fc.assert(
      fc.property(change, ({ file, key, value }) => expectUseOrTypedError(changed(file, { [key]: value }))),
      { numRuns: 300 },
    );
  });

  it("is used or refused with a typed error when any element of a list is another", () => {
    const lists = (file: GgufMetadata) => [...file.keys()].filter((key) => Array.isArray(file.get(key)));
    const change = fc.constantFrom(...files).chain((file) =>
      fc.record({
        file: fc.constant(file),
        key: fc.constantFrom(...lists(file)),
        place: fc.nat(),
        value: fc.oneof(anyValue, fc.string(), fc.integer({ min: -1, max: 8 })),
      }),
    );
    fc.assert(
      fc.property(change, ({ file, key, place, value }) => {
        const list = file.get(key) as unknown[];
        expectUseOrTypedError(changed(file, { [key]: list.with(place % list.length, value) }));
      }),
      { numRuns: 300 },
    );
  });

  it("is used or refused with a typed error when the chat template is damaged", () => {
    const source =
      "{% set ns = namespace(n=0) %}{% for m in messages %}{% if loop.first and m.role != 'system' %}{{ '<s>' ~ m.role }}" +
      "{%- elif m['content'] is string %}{% set ns.n = ns.n + 1 %}{{ m.content | trim | tojson(indent=2) }}{% else %}" +
      "{% for i in range(ns.n, 5) %}{{ messages[:-1][i].content.split('\\n')[0] }}{% endfor %}{% endif %}{% endfor %}";
    const fragments = [
      "{%",
      "%}",
      "{{",
      "}}",
      "|",
      "(",
      ")",
      "[",
      "]",
      "'",
      "for",
      "endfor",
      "9999999",
      "~",
      "ns.n",
      "-",
    ];
    const change = fc.record({
      place: fc.nat(source.length),
      removed: fc.nat(12),
      inserted: fc.oneof(fc.constantFrom(...fragments), fc.string()),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let template = source;
        for (const { place, removed, inserted } of changes) {
          template = template.slice(0, place) + inserted + template.slice(place + removed);
        }
        expectUseOrTypedError(changed(smallByteLevel, { "tokenizer.chat_template": template }));
      }),
      { numRuns: 300 },
    );
  });
});
