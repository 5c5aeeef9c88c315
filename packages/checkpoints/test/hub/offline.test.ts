import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchFromHub } from "../../src/node.js";
import { emptyHubHome, quick } from "../support/hub-home.js";
import { COMMIT, LocalHub, noise, REPO } from "../support/local-hub.js";

let home: Awaited<ReturnType<typeof emptyHubHome>>;
let hub: LocalHub;
beforeEach(async () => {
  home = await emptyHubHome();
  hub = await LocalHub.start({
    "config.json": "{}",
    "model.safetensors": { bytes: noise(10_000), large: true },
    "q8.gguf": { bytes: noise(5000, 2), large: true },
  });
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
});
afterEach(async () => {
  await hub.stop();
  await home.remove();
});

const fetched = (place = {}) => fetchFromHub({ repo: REPO, ...place }, { retry: quick });

describe("offline", () => {
  it.each(["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])(
    "(%s) the cache serves, without any request",
    async (variable) => {
      const folder = await fetched();
      const file = await fetched({ file: "q8.gguf" });
      hub.requests.length = 0;
      vi.stubEnv(variable, "1");
      expect(await fetched()).toBe(folder);
      expect(await fetched({ revision: "main" })).toBe(folder);
      expect(await fetched({ revision: COMMIT })).toBe(folder);
      expect(await fetched({ file: "q8.gguf" })).toBe(file);
      expect(hub.requests).toEqual([]);
    },
  );

  it("what the cache lacks is an error, without any request", async () => {
    vi.stubEnv("HF_HUB_OFFLINE", "true");
    const expected = {
      code: "HUB_UNAVAILABLE",
      subject: "org/name@main",
      cure: expect.stringContaining("HF_HUB_OFFLINE"),
    };
    await expect(fetched()).rejects.toMatchObject(expected);
    vi.stubEnv("HF_HUB_OFFLINE", "0");
    await fetched({ file: "q8.gguf" }); // The snapshot is there then, but not the model.
    hub.requests.length = 0;
    vi.stubEnv("HF_HUB_OFFLINE", "true");
    await expect(fetched()).rejects.toMatchObject(expected);
    await expect(fetched({ revision: "v9" })).rejects.toMatchObject({ code: "HUB_UNAVAILABLE" });
    await expect(fetched({ file: "q4.gguf" })).rejects.toMatchObject({ code: "HUB_UNAVAILABLE" });
    expect(hub.requests).toEqual([]);
  });
});

describe("a hub that is out of reach", () => {
  it("does not matter where the cache has the model", async () => {
    const folder = await fetched();
    hub.fail(/revision/, { status: 503 }, 99);
    expect(await fetched()).toBe(folder);
    hub.fail(/revision/, { status: 429, headers: { "retry-after": "3600" } }, 99);
    expect(await fetched()).toBe(folder);
    await hub.stop();
    expect(await fetched()).toBe(folder);
    expect(await fetched({ file: "model.safetensors" })).toBe(join(folder, "model.safetensors"));
    hub = await LocalHub.start({});
  });

  it("matters where it refuses: what is closed stays closed", async () => {
    await fetched();
    hub.fail(/revision/, { status: 401 });
    await expect(fetched()).rejects.toMatchObject({ code: "HUB_UNAUTHORIZED" });
  });
});
