import { fileURLToPath } from "node:url";
import { bundle } from "@anabranch/bench-kit/bundle";
import { browserPrograms } from "../../../build/browser-programs.js";

/** Bundles what pages run, from the sources of the workspace, as their users would. */
export async function bundlePages(folder: string, names: readonly string[]): Promise<void> {
  const { define } = await browserPrograms(["anabranch-source"]);
  await bundle({
    entries: Object.fromEntries(
      names.map((name) => [name, fileURLToPath(new URL(`../pages/${name}.ts`, import.meta.url))]),
    ),
    folder,
    platform: "browser",
    define,
  });
}
