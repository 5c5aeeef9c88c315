/** The sides of `pnpm bench decode`, each a program beside this file, and what its column is called. */
export const engines = {
  ours: "anabranch",
  llama: "node-llama-cpp",
  "llama-engine": "llama.cpp, no sampling",
  transformers: "transformers.js",
} as const;

export type Engine = keyof typeof engines;

export const engineNames = Object.keys(engines) as readonly Engine[];

export const rivals = engineNames.filter((engine) => engine !== "ours");
