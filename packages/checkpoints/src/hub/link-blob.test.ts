import { copyFile, link, lstat, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { linkBlob } from "./link-blob.js";

let folder: string;
let blob: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-link-"));
  blob = join(folder, "blob");
  path = join(folder, "snapshots", "commit", "file");
  await writeFile(blob, "content");
});
afterEach(() => rm(folder, { recursive: true }));

const refused = () => Promise.reject(Object.assign(new Error("not permitted"), { code: "EPERM" }));

describe("a blob's second name", () => {
  it.skipIf(process.platform === "win32")("is a relative link, and takes the place of what was there", async () => {
    await linkBlob(join(folder, "gone"), path); // Leads nowhere.
    await linkBlob(blob, path);
    expect(await readlink(path)).toBe(join("..", "..", "blob"));
    expect(await readFile(path, "utf8")).toBe("content");
    expect(await readdir(join(folder, "snapshots", "commit"))).toEqual(["file"]);
  });

  it("is a hard link or a copy where links are refused", async () => {
    await linkBlob(blob, path, [refused, link]);
    expect((await lstat(path)).ino).toBe((await lstat(blob)).ino);
    await linkBlob(blob, path, [refused, refused, copyFile]);
    expect((await lstat(path)).isFile()).toBe(true);
    expect(await readFile(path, "utf8")).toBe("content");
  });

  it("that cannot be had is an error with the path, and leaves nothing", async () => {
    await expect(linkBlob(blob, path, [refused, refused])).rejects.toMatchObject({ code: "IO", subject: path });
    expect(await readdir(join(folder, "snapshots", "commit"))).toEqual([]);
  });
});
