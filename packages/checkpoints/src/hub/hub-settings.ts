import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError } from "@anabranch/core";
import { ioError } from "../bytes/io-failure.js";
import { hubLibrary } from "./hub-library.js";

/** Where to ask and where to keep. */
export interface HubSettings {
  readonly endpoint: string;
  readonly token: string | undefined;
  /** The folder that holds "models--org--name" folders. */
  readonly cacheDirectory: string;
  readonly offline: boolean;
}

/**
 * What the caller says, or else the environment, or else the hub's defaults: HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH,
 * HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, HF_HUB_OFFLINE.
 */
export async function hubSettings(wishes: Partial<HubSettings>): Promise<HubSettings> {
  const { env } = process;
  const offline = wishes.offline ?? isTrue(env["HF_HUB_OFFLINE"] || env["TRANSFORMERS_OFFLINE"]);
  return {
    endpoint: checkedEndpoint(wishes.endpoint ?? (env["HF_ENDPOINT"] || "https://huggingface.co")),
    token: offline ? undefined : checkedToken(wishes.token ?? (await foundToken(env))),
    cacheDirectory: fromHome(wishes.cacheDirectory ?? (await hubLibrary()).getHFHubCachePath()),
    offline,
  };
}

const isTrue = (value = "") => /^(1|on|yes|true)$/i.test(value);

const fromHome = (path: string) => path.replace(/^~(?=$|[\\/])/, homedir());

function checkedEndpoint(endpoint: string): string {
  if (URL.canParse(endpoint) && /^https?:\/\//i.test(endpoint)) return endpoint.replace(/\/+$/, "");
  throw new InvalidArgumentError(`${endpoint} is not the address of a hub.`, {
    subject: "endpoint",
    cure: "Give HF_ENDPOINT, or `endpoint`, as https://host.",
  });
}

async function foundToken(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const named = env["HF_TOKEN"] || env["HUGGING_FACE_HUB_TOKEN"];
  if (named) return named;
  const home = env["HF_HOME"] ?? join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "huggingface");
  const path = fromHome(env["HF_TOKEN_PATH"] ?? join(home, "token"));
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw ioError("read", path, error);
  });
}

/** A token goes into a header: one with a line break inside would be refused there with its text in the message. */
function checkedToken(token: string | undefined): string | undefined {
  const trimmed = token?.trim();
  if (trimmed === undefined || trimmed === "") return undefined;
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new InvalidArgumentError("The hub's token holds characters that no token has.", {
    subject: "token",
    cure: "Look at HF_TOKEN, or the file `token` in HF_HOME.",
  });
}
