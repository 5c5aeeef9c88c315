import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnabranchError, toFloat32 } from "@anabranch/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  encodeGguf,
  fingerprint,
  ggufPartNames,
  loadModel,
  openGguf,
  openGgufModel,
  requantizeGguf,
} from "../src/index.js";
import { loadConverted } from "../src/node.js";
import { ggufMetadata, ggufTensorList } from "./support/arbitrary-gguf.js";
import { rejection } from "./support/rejection.js";
import { type Parts, splitFile, splitGguf, tensorsOf } from "./support/split-gguf.js";
import { tinyLlama } from "./support/tiny-llama.js";
import { toGguf } from "./support/to-gguf.js";

const { config, tensors } = tinyLlama();
const whole = toGguf(config, tensors, "Q8_0");
const names = ["m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf"] as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-split-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(parts: Parts, into = folder): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const [name, bytes] of parts) await writeFile(join(into, name), bytes);
}

describe("a GGUF model in several parts", () => {
  it("is the file that it was cut from, wherever it was cut", async () => {
    const cutTensors = ggufTensorList.chain((list) =>
      fc.tuple(fc.constant(list), fc.array(fc.nat({ max: list.length }), { minLength: 1, maxLength: 4 })),
    );
    await fc.assert(
      fc.asyncProperty(ggufMetadata, cutTensors, async (given, [list, cuts]) => {
        const parts = splitGguf(
          given,
          list,
          cuts.toSorted((a, b) => a - b),
        );
        const [first = ""] = parts.keys();
        const [found, expected] = [await openGgufModel(first, parts), await openGguf(encodeGguf(given, list))];
        expect(found.metadata).toEqual(expected.metadata);
        expect(found.metadataTypes).toEqual(expected.metadataTypes);
        expect([...found.tensors.keys()]).toEqual([...expected.tensors.keys()]);
        for (const { name, type, shape, bytes } of list) {
          expect(found.tensors.get(name)).toMatchObject({ type, shape });
          expect(await found.readBytes(name)).toEqual(bytes);
        }
      }),
    );
  });

  it("loads as the whole file does: from memory, from disk by its first part, and through a copy", async () => {
    const parts = await splitFile(whole, 3);
    await write(parts);
    const expected = await loadModel(new Map([["m.gguf", whole]]));
    const path = join(folder, names[0]);
    const converted = await loadConverted(path, { weights: "float32", cache: join(folder, "cache") });
    for (const found of [await loadModel(parts), await loadModel(path), converted]) {
      expect(found.config).toEqual(expected.config);
      expect(found.warnings).toEqual([]);
      expect(await fingerprint(found.weights)).toBe(await fingerprint(expected.weights));
      for (const [name, tensor] of expected.weights.tensors) {
        expect(found.weights.tensors.get(name)?.shape).toEqual(tensor.shape);
        expect([...toFloat32(found.weights.tensors.get(name) ?? tensor)]).toEqual([...toFloat32(tensor)]);
      }
    }
  });

  it("is converted again when another part than the first has changed", async () => {
    const options = { weights: "float32", cache: join(folder, "cache") } as const;
    await write(await splitFile(whole, 3));
    const before = await loadConverted(join(folder, names[0]), options);
    const doubled = new Map(
      [...tensors].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map((x) => 2 * x) }]),
    );
    const others = await splitFile(toGguf(config, doubled, "Q8_0"), 3);
    for (const name of names.slice(1)) await writeFile(join(folder, name), others.get(name) as Uint8Array);
    const after = await loadConverted(join(folder, names[0]), options);
    const head = (model: typeof before) => toFloat32(model.weights.tensors.get("lm_head.weight") as never);
    expect(head(after).some((value, at) => value !== head(before)[at])).toBe(true);
  });

  it("becomes one file that is whole", async () => {
    const parts = await splitFile(whole, 3);
    const path = join(folder, "one.gguf");
    await requantizeGguf(await openGgufModel(names[0], parts), path, "F16");
    expect((await loadModel(path)).warnings).toEqual([]);
  });

  it("loads with a first part that has no tensors", async () => {
    const file = await openGguf(whole);
    const list = await tensorsOf(file);
    const parts = splitGguf(file, list, [0]);
    expect((await loadModel(parts)).warnings).toEqual([]);
  });

  const change = async (edit: (parts: Parts) => void | Promise<void>): Promise<Parts> => {
    const parts = await splitFile(whole, 3);
    await edit(parts);
    return parts;
  };
  const moved = (parts: Parts, from: string, to: string): void => {
    parts.set(to, parts.get(from) as Uint8Array);
  };

  it.each<[string, string, string, RegExp, (parts: Parts) => void | Promise<void>]>([
    ["a part that is missing", names[1], "IO", /m-00002-of-00003/, (parts) => void parts.delete(names[1])],
    ["parts that changed places", names[1], "INVALID_FILE", /part 2 of 3/, (parts) => moved(parts, names[2], names[1])],
    [
      "a part of a model that was cut otherwise",
      names[2],
      "INVALID_FILE",
      /part 3 of 3/,
      async (parts) => void parts.set(names[2], [...(await splitFile(whole, 4)).values()][2] as Uint8Array),
    ],
    [
      "a part that is a model of its own",
      names[2],
      "INVALID_FILE",
      /part 3 of 3/,
      (parts) => void parts.set(names[2], whole),
    ],
    [
      "a part of another model, with a tensor that is there already",
      names[2],
      "INVALID_FILE",
      /stands in .*m-00001-of-00003.gguf too/,
      async (parts) => {
        const file = await openGguf(parts.get(names[0]) as Uint8Array);
        const list = await tensorsOf(file);
        const all = file.metadata.get("split.tensors.count") as number;
        const filler = Array.from({ length: all - list.length }, (_, i) => ({
          ...(list[0] as (typeof list)[0]),
          name: `f${i}`,
        }));
        const alien = splitGguf(
          { metadata: new Map(), metadataTypes: new Map() },
          [...filler, ...list],
          [0, filler.length],
        );
        parts.set(names[2], alien.get(names[2]) as Uint8Array);
      },
    ],
    [
      "a part with too few tensors",
      names[2],
      "INVALID_FILE",
      /tensors in place of/,
      async (parts) => {
        const file = await openGguf(parts.get(names[2]) as Uint8Array);
        parts.set(names[2], encodeGguf(file, []));
      },
    ],
    [
      "a later part in the first one's place",
      names[0],
      "INVALID_ARGUMENT",
      /part 2 of 3/,
      (parts) => moved(parts, names[1], names[0]),
    ],
  ])("refuses %s", async (_, subject, code, words, edit) => {
    const parts = await change(edit);
    const inMemory = await rejection(openGgufModel(names[0], parts));
    await write(parts);
    const onDisk = await rejection(loadModel(join(folder, names[0])));
    for (const error of [inMemory, onDisk]) {
      expect(AnabranchError.isInstance(error), String(error)).toBe(true);
      expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
      expect((error as AnabranchError).subject).toContain(subject);
    }
  });

  it("says which part to name", async () => {
    await write(await splitFile(whole, 3));
    const error = await rejection(loadModel(join(folder, names[1])));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", cure: expect.stringContaining(names[0]) });
  });

  it("says what name a renamed first part must have", async () => {
    const parts = await splitFile(whole, 3);
    await write(new Map([["model.gguf", parts.get(names[0]) as Uint8Array]]));
    const error = await rejection(loadModel(join(folder, "model.gguf")));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("-00001-of-00003.gguf") });
  });
});

describe("ggufPartNames", () => {
  it("names all parts by any of them, and only itself otherwise", () => {
    for (const name of names) expect(ggufPartNames(name)).toEqual(names);
    expect(ggufPartNames("a/Q8_0/M-00002-of-00002.GGUF")).toEqual([
      "a/Q8_0/M-00001-of-00002.GGUF",
      "a/Q8_0/M-00002-of-00002.GGUF",
    ]);
    for (const name of ["m.gguf", "m-00001-of-00000.gguf", "m-1-of-3.gguf", "m-00001-of-00003.gguf.part"]) {
      expect(ggufPartNames(name)).toEqual([name]);
    }
  });
});
