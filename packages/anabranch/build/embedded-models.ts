import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildPlugin } from "./build-plugin.js";

/** Folders of `@anabranch/model-e2e` that it finds its files by. */
const parts = ["dist", "base", "lossless", "shared-3"];

/**
 * Puts `@anabranch/model-e2e` into the output as it is, files and all, and lets the code import it from there: bundled into
 * a file of another folder it would not find its models.
 */
export function embeddedModels(outDir: string): BuildPlugin {
  return {
    name: "embedded-models",
    setup(build) {
      build.onResolve({ filter: /^@anabranch\/model-e2e$/ }, () => {
        return { path: "./model-e2e/dist/index.js", external: true };
      });
      build.onEnd(async () => {
        const source = dirname(dirname(fileURLToPath(import.meta.resolve("@anabranch/model-e2e"))));
        for (const part of parts) await cp(join(source, part), join(outDir, "model-e2e", part), { recursive: true });
      });
    },
  };
}
