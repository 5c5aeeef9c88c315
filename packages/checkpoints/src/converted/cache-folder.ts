import { homedir } from "node:os";
import { join } from "node:path";

/** Where copies that can be made again are kept: ANABRANCH_CACHE, or `anabranch` in XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { ANABRANCH_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  if (own !== undefined && own !== "") return own;
  return join(shared !== undefined && shared !== "" ? shared : join(homedir(), ".cache"), "anabranch");
}
