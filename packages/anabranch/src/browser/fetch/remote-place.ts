import { ggufPartNames, isGgufPath, parseHubPlace } from "@anabranch/checkpoints";
import { InvalidArgumentError } from "@anabranch/core";

/** Where a model's or an adapter's files are served. */
export interface RemotePlace {
  /** In full; its files are kept under it. */
  readonly address: string;
  /** The files of a GGUF model, the first part first; undefined for a folder. */
  readonly ggufs: readonly string[] | undefined;
  urlOf(file: string): string;
}

const HUB = "https://huggingface.co";

/**
 * What an address means.
 *
 * @param base what relative addresses are relative to
 * @throws InvalidArgumentError for what is neither the address of a server's file or folder nor a name on the hub
 */
export function remotePlace(address: string, base: string): RemotePlace {
  const hub = /^\.{0,2}\//.test(address) ? undefined : parseHubPlace(address);
  if (hub !== undefined) {
    const { repo, file = "", revision = "main" } = hub;
    return served(new URL(`${HUB}/${repo}/resolve/${encodeURIComponent(revision)}/${encodePath(file)}`));
  }
  if (!URL.canParse(address, base)) throw strange(address);
  const url = new URL(address, base);
  if (!/^https?:$/.test(url.protocol)) throw strange(address);
  return served(url);
}

function served(url: URL): RemotePlace {
  url.hash = "";
  const cut = url.pathname.lastIndexOf("/") + 1;
  const file = decoded(url.pathname.slice(cut));
  const isFile = isGgufPath(file);
  if (!isFile && file !== "") url.pathname += "/";
  return {
    address: url.href,
    ggufs: isFile ? ggufPartNames(file) : undefined,
    urlOf(name) {
      const one = new URL(url);
      one.pathname = (isFile ? url.pathname.slice(0, cut) : url.pathname) + encodePath(name);
      return one.href;
    },
  };
}

const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A "%" that encodes nothing.
  }
}

function strange(address: string): InvalidArgumentError {
  return new InvalidArgumentError(`${address} is neither an http address nor a name on the hub.`, {
    subject: address,
    cure: 'Pass the address of a folder or of a GGUF file, a name as "org/name", or the files themselves.',
  });
}
