import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { VERSION } from "./version.js";

it("is the version of package.json", async () => {
  const manifest = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(VERSION).toBe(manifest.version);
});
