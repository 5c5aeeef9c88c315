import { defineConfig } from "vitest/config";

/** Every package's tests run against the sources of its workspace neighbours, so that no build stands between edit and test. */
export default defineConfig({
  resolve: { conditions: ["anabranch-source", "module", "node", "development|production"] },
  ssr: { resolve: { conditions: ["anabranch-source", "module", "node", "development|production"] } },
  test: { include: ["src/**/*.test.ts", "test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
