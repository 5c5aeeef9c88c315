import { defineConfig } from "vitest/config";
import { packageFolders } from "./scripts/workspace.mjs";

/** One process runs every package's tests; docs/decisions/one-vitest-process.md says why. */
export default defineConfig({
  test: {
    projects: [...packageFolders(), { test: { name: "workspace", include: ["scripts/**/*.test.ts"] } }],
    maxWorkers: 2,
  },
});
