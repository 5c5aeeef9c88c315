import { basename } from "node:path";
import type { BuildPlugin } from "./build-plugin.js";

/** Leaves what is imported only when it is wanted in a file of its own, which must be one of the entries. */
export function ownEntries(): BuildPlugin {
  return {
    name: "own-entries",
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ kind, path }) =>
        kind === "dynamic-import" ? { path: `./${basename(path)}`, external: true } : undefined,
      );
    },
  };
}
