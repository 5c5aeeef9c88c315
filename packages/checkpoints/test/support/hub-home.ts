import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";

const variables = [
  "HF_ENDPOINT",
  "HF_TOKEN",
  "HF_TOKEN_PATH",
  "HUGGING_FACE_HUB_TOKEN",
  "HF_HUB_CACHE",
  "HUGGINGFACE_HUB_CACHE",
  "HF_HUB_OFFLINE",
  "TRANSFORMERS_OFFLINE",
];

/** An empty HF_HOME, and an environment that says nothing else of the hub, until `remove`. */
export async function emptyHubHome() {
  const home = await mkdtemp(join(tmpdir(), "anabranch-hub-"));
  for (const name of variables) vi.stubEnv(name, undefined);
  vi.stubEnv("HF_HOME", home);
  const repo = join(home, "hub", "models--org--name");
  return {
    home,
    /** The test repository's folder in the cache. */
    repo,
    blob: (digest: string) => join(repo, "blobs", digest),
    async remove() {
      vi.unstubAllEnvs();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Pauses that a test has time for. */
export const quick = { retries: 3, pauseMs: 1, longestPauseMs: 2000, silenceMs: 5000 };
