import { UnsupportedError } from "@anabranch/core";

interface NodeModules {
  readonly fs: typeof import("node:fs/promises");
  readonly path: typeof import("node:path");
  readonly crypto: typeof import("node:crypto");
}

/**
 * The runtime's own modules, asked for when they are needed. Not by `import()`: bundlers for browsers resolve that even in
 * functions that the page never calls, and fail.
 *
 * @throws UnsupportedError where there is no file system, as in a browser
 */
export function nodeModules(): NodeModules {
  const load = globalThis.process?.getBuiltinModule;
  if (load === undefined) {
    throw new UnsupportedError("Files cannot be read or written here.", {
      cure: "In a browser fetch the files and give their text to loadTokenizer; elsewhere use Node 20.19, Bun or Deno.",
    });
  }
  return { fs: load("node:fs/promises"), path: load("node:path"), crypto: load("node:crypto") };
}
