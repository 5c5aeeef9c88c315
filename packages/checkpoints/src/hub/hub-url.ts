import type { HubPlace } from "./hub-place.js";

const HOSTS = new Set(["huggingface.co", "www.huggingface.co", "hf.co"]);

/** The address of a model's page (…/org/name, …/tree/main) or of a file (…/blob/main/x, …/resolve/main/x). */
export function parseHubUrl(address: string): HubPlace | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!HOSTS.has(url.hostname)) return undefined;
  const [org, name, page, revision, ...file] = partsOf(url);
  if (org === undefined || name === undefined) return undefined;
  const repo = `${org}/${name}`;
  if (page === undefined) return { repo };
  if (revision === undefined) return undefined;
  if (page === "tree" && file.length === 0) return { repo, revision };
  if ((page === "blob" || page === "resolve") && file.length > 0) return { repo, file: file.join("/"), revision };
  return undefined;
}

function partsOf(url: URL): string[] {
  try {
    return url.pathname
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent);
  } catch {
    return []; // A "%" that encodes nothing.
  }
}
