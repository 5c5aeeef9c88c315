import { defineConfig } from "vitest/config";

/** One process runs every package's tests; docs/decisions/one-vitest-process.md says why. */
export default defineConfig({
  test: {
    projects: ["packages/*", "apps/*", { test: { name: "workspace", include: ["scripts/**/*.test.ts"] } }],
    maxWorkers: 2,
  },
});
