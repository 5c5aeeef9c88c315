import type { Options } from "tsup";

/** A plugin of esbuild, of the copy that tsup brings. */
export type BuildPlugin = NonNullable<Options["esbuildPlugins"]>[number];
