import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stateFolder } from "./state-folder.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-states-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const values = (length: number, start: number): Float32Array => Float32Array.from({ length }, (_, i) => start + i / 8);

describe("stateFolder", () => {
  it("gives back what it was given, from memory, from disk, and from what waits to be written", async () => {
    const store = stateFolder(folder, 4000, 10_000);
    const arrays = [values(900, 0), values(1500, 5), values(1000, 3), values(7, 1), values(500, 2)];
    const handles: number[] = [];
    for (const array of arrays) handles.push(await store.put(array));
    expect(await readdir(join(folder, (await readdir(folder))[0] as string))).toEqual(["0.f32"]);
    for (const [index, handle] of handles.entries()) expect(await store.get(handle)).toEqual(arrays[index]);
    await store.dispose();
    expect(await readdir(folder)).toEqual([]);
  });

  it("says which folder cannot be written", async () => {
    const file = join(folder, "file");
    await writeFile(file, "not a folder");
    const store = stateFolder(join(file, "states"), 0, 1);
    await expect(store.put(new Float32Array(2))).rejects.toMatchObject({ code: "IO", subject: join(file, "states") });
  });
});
