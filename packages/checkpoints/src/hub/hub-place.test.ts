import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHubPlace, placeName } from "./hub-place.js";

describe("a place on the hub", () => {
  it.each([
    ["org/name", { repo: "org/name" }],
    ["HuggingFaceTB/SmolLM2-135M-Instruct@v1.0", { repo: "HuggingFaceTB/SmolLM2-135M-Instruct", revision: "v1.0" }],
    ["hf:org/name", { repo: "org/name" }],
    ["hf:gpt2", { repo: "gpt2" }],
    ["hf:org/name/file.gguf", { repo: "org/name", file: "file.gguf" }],
    ["hf:org/name/sub/file.gguf@refs/pr/1", { repo: "org/name", file: "sub/file.gguf", revision: "refs/pr/1" }],
    ["https://huggingface.co/org/name", { repo: "org/name" }],
    ["https://huggingface.co/org/name/", { repo: "org/name" }],
    ["https://huggingface.co/org/name/tree/refs%2Fpr%2F1", { repo: "org/name", revision: "refs/pr/1" }],
    [
      "https://huggingface.co/org/name/resolve/main/a/b.gguf?download=true",
      { repo: "org/name", file: "a/b.gguf", revision: "main" },
    ],
    ["https://hf.co/org/name/blob/main/b.gguf", { repo: "org/name", file: "b.gguf", revision: "main" }],
  ])("is read from %s", (place, expected) => {
    expect(parseHubPlace(place)).toEqual(expected);
  });

  it.each([
    "",
    "name",
    "./org/name",
    "../name",
    "/org/name",
    "~/name",
    "C:\\models\\name",
    "C:/models",
    "org\\name",
    "file:///org/name",
    "models/llama",
    "org/name/",
    "org/name/more",
    "org/model.gguf",
    "org/na me",
    "org/..",
    "org/a--b",
    "org/name@",
    "org/name@../../x",
    "https://example.com/org/name",
    "https://huggingface.co/org",
    "https://huggingface.co/datasets/org/name",
    "https://huggingface.co/org/name/discussions/1",
    "https://huggingface.co/org/%E0%A4%A",
  ])("is not seen in %j", (place) => {
    expect(parseHubPlace(place)).toBeUndefined();
  });

  it.each(["hf:", "hf:org/name/../../x", "hf:/etc/passwd", "hf:org/name/C:x", "hf:org/name/a\\b", "hf:org/name@"])(
    "that cannot be is refused: %s",
    (place) => {
      expect(() => parseHubPlace(place)).toThrowError(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    },
  );

  it("is written as it is read", () => {
    const part = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const optional = (arbitrary: fc.Arbitrary<string>) => fc.option(arbitrary, { nil: undefined });
    fc.assert(
      fc.property(part, part, optional(part), optional(part), (org, name, file, revision) => {
        const place = {
          repo: `${org}/${name}`,
          ...(file === undefined ? {} : { file }),
          ...(revision === undefined ? {} : { revision }),
        };
        expect(parseHubPlace(`hf:${placeName(place)}`)).toEqual(place);
      }),
    );
  });
});
