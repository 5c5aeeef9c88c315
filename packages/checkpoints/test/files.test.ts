import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type NewTensor, openSafetensors, writeSafetensors } from "../src/index.js";

const tensors = new Map<string, NewTensor>([["w", { shape: [3], data: Float32Array.of(1, -2, 3) }]]);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("files on disk", () => {
  it("are written whole, into folders made for them, and replaced", async () => {
    const path = join(folder, "new", "deep", "w.safetensors");
    await writeSafetensors(path, new Map([["old", { shape: [1], data: new Int8Array(1) }]]));
    await writeSafetensors(path, tensors);
    const file = await openSafetensors(path);
    expect([...(await file.read("w"))]).toEqual([1, -2, 3]);
    await file.close();
    expect(await readdir(join(folder, "new", "deep"))).toEqual(["w.safetensors"]);
  });

  it("that cannot be written give an error with the path, and leave nothing", async () => {
    await writeFile(join(folder, "file"), "");
    const path = join(folder, "file", "w.safetensors");
    await expect(writeSafetensors(path, tensors)).rejects.toMatchObject({ code: "IO", subject: path });
    expect(await readdir(folder)).toEqual(["file"]);
  });

  it("whose place is taken by a folder leave no temporary file", async () => {
    const path = join(folder, "taken");
    await mkdir(path);
    await expect(writeSafetensors(path, tensors)).rejects.toMatchObject({ code: "IO", subject: path });
    expect(await readdir(folder)).toEqual(["taken"]);
  });

  it("that do not exist, or are folders, give an error with the path", async () => {
    for (const path of [join(folder, "none.safetensors"), folder]) {
      await expect(openSafetensors(path)).rejects.toMatchObject({ code: "IO", subject: path });
    }
  });

  it.skipIf(process.platform === "win32")("that are pipes give an error instead of waiting for ever", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    await expect(openSafetensors(path)).rejects.toMatchObject({ code: "IO", subject: path });
  });
});
