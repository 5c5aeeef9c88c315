import { defineConfig } from "tsup";

const entry = { index: "src/index.ts", random: "src/random/index.ts" };

export default defineConfig({ entry, format: ["esm"], dts: true, clean: true, target: "es2022" });
