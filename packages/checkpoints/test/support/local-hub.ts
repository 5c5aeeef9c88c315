import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A file of the test's repository. Large ones lie in a store of another origin, as on the real hub. */
export interface HubFile {
  readonly bytes: Uint8Array;
  readonly large?: boolean;
}

export interface SeenRequest {
  readonly server: "hub" | "store";
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** What goes wrong with an answer. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string> }
  | { readonly cutAfter: number }
  | { readonly stallAfter: number }
  | { readonly content: Uint8Array }
  | { readonly ignoreRange: true };

export const REPO = "org/name";
export const COMMIT = "c0ffee".padEnd(40, "0");

/** Entries of a folder in one answer: small, so that there are several pages. */
const PAGE = 4;

/** A real server with the hub's routes (model, tree, resolve), redirects to a store, ranges, etags, and faults on demand. */
export class LocalHub {
  readonly requests: SeenRequest[] = [];
  readonly #faults: { pattern: RegExp; fault: Fault; times: number }[] = [];
  readonly #hub: Server;
  readonly #store: Server;
  /** Names of branches and tags. */
  readonly refs = new Map([["main", COMMIT]]);

  private constructor(readonly files: ReadonlyMap<string, HubFile>) {
    this.#hub = createServer((request, response) => this.#serve("hub", request, response));
    this.#store = createServer((request, response) => this.#serve("store", request, response));
  }

  static async start(files: Readonly<Record<string, HubFile | string>>): Promise<LocalHub> {
    const texts = Object.entries(files).map(([path, file]): [string, HubFile] => [
      path,
      typeof file === "string" ? { bytes: new TextEncoder().encode(file) } : file,
    ]);
    const hub = new LocalHub(new Map(texts));
    await Promise.all(
      [hub.#hub, hub.#store].map((server) => new Promise<void>((up) => server.listen(0, "127.0.0.1", up))),
    );
    return hub;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#hub.address() as AddressInfo).port}`;
  }

  /** The next so many requests whose "server path" matches go wrong. */
  fail(pattern: RegExp, fault: Fault, times = 1): void {
    this.#faults.push({ pattern, fault, times });
  }

  /** Paths of the requests for content, without the redirects to it. */
  downloads(): SeenRequest[] {
    return this.requests.filter(({ server, path }) => server === "store" || this.#isSmall(path));
  }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#store]) {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  }

  #isSmall(path: string): boolean {
    const file = /\/resolve\/[^/]+\/(.*)$/.exec(path)?.[1];
    return file !== undefined && this.files.get(decodeURIComponent(file))?.large !== true;
  }

  #serve(server: "hub" | "store", request: IncomingMessage, response: ServerResponse): ServerResponse {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://host");
    const { range, authorization } = request.headers;
    this.requests.push({ server, path: pathname, range, authorization });
    const found = this.#faults.find(({ pattern, times }) => times > 0 && pattern.test(`${server} ${pathname}`));
    if (found !== undefined) found.times -= 1;
    const fault = found?.fault;
    if (fault !== undefined && "status" in fault) return refuse(response, fault.status, fault.headers);
    if (server === "store") return this.#sendLarge(pathname, range, response, fault);
    const [, revision, tree, commit, path] =
      /^\/api\/models\/org\/name\/(?:revision\/([^/]+)|(tree)\/([^/]+)\/?(.*))$/.exec(pathname) ?? [];
    if (revision !== undefined) return this.#sendCommit(decodeURIComponent(revision), response);
    if (tree !== undefined && commit === COMMIT) return this.#sendTree(path ?? "", searchParams, response, fault);
    const file = new RegExp(`^/org/name/resolve/${COMMIT}/(.*)$`).exec(pathname)?.[1];
    if (file !== undefined) return this.#resolve(decodeURIComponent(file), range, response, fault);
    return refuse(response, 404, { "x-error-code": "RepoNotFound" });
  }

  #sendCommit(revision: string, response: ServerResponse): ServerResponse {
    const sha = this.refs.get(revision);
    if (sha === undefined) return refuse(response, 404, { "x-error-code": "RevisionNotFound" });
    return sendJson(response, { _id: "1", id: REPO, sha, private: false, lastModified: "2026-01-01T00:00:00.000Z" });
  }

  #sendTree(
    folder: string,
    search: URLSearchParams,
    response: ServerResponse,
    fault: Fault | undefined,
  ): ServerResponse {
    const base = folder === "" ? "" : `${folder}/`;
    const below = [...this.files.keys()].filter((path) => path.startsWith(base));
    if (below.length === 0) return refuse(response, 404, { "x-error-code": "EntryNotFound" });
    const names = [...new Set(below.map((path) => path.slice(base.length).split("/")[0] ?? ""))];
    const from = Number(search.get("cursor") ?? 0);
    const next = `${this.endpoint}/api/models/${REPO}/tree/${COMMIT}/${folder}?cursor=${from + PAGE}`;
    const headers = from + PAGE < names.length ? { link: `<${next}>; rel="next"` } : {};
    const entries = names.slice(from, from + PAGE).map((name) => this.#entry(base + name));
    if (fault !== undefined && "cutAfter" in fault) {
      response.setHeader("content-type", "application/json");
      return send(response, new TextEncoder().encode(JSON.stringify(entries)), undefined, "", fault);
    }
    return sendJson(response, entries, headers);
  }

  #entry(path: string) {
    const file = this.files.get(path);
    if (file === undefined) return { type: "directory", path, size: 0, oid: gitSha1(new Uint8Array()) };
    const { bytes, large } = file;
    const size = bytes.byteLength;
    const lfs = large ? { lfs: { oid: sha256(bytes), size, pointerSize: 130 } } : {};
    return { type: "file", path, size, oid: gitSha1(bytes), ...lfs };
  }

  #resolve(
    path: string,
    range: string | undefined,
    response: ServerResponse,
    fault: Fault | undefined,
  ): ServerResponse {
    const file = this.files.get(path);
    if (file === undefined) return refuse(response, 404, { "x-error-code": "EntryNotFound" });
    if (file.large !== true) return send(response, file.bytes, range, `"${gitSha1(file.bytes)}"`, fault);
    const oid = sha256(file.bytes);
    const location = `http://127.0.0.1:${(this.#store.address() as AddressInfo).port}/${oid}`;
    const linked = { "x-linked-etag": `"${oid}"`, "x-linked-size": String(file.bytes.byteLength) };
    return response.writeHead(302, { location, ...linked, "x-repo-commit": COMMIT }).end();
  }

  #sendLarge(
    path: string,
    range: string | undefined,
    response: ServerResponse,
    fault: Fault | undefined,
  ): ServerResponse {
    const file = [...this.files.values()].find(({ bytes }) => `/${sha256(bytes)}` === path);
    if (file === undefined) return refuse(response, 404);
    return send(response, file.bytes, range, `"${path.slice(1)}"`, fault);
  }
}

function send(
  response: ServerResponse,
  whole: Uint8Array,
  range: string | undefined,
  etag: string,
  fault: Fault | undefined,
): ServerResponse {
  const content = fault !== undefined && "content" in fault ? fault.content : whole;
  const ignored = fault !== undefined && "ignoreRange" in fault;
  const from = ignored ? undefined : /^bytes=(\d+)-$/.exec(range ?? "")?.[1];
  if (Number(from) >= content.byteLength) return refuse(response, 416);
  const bytes = content.subarray(Number(from ?? 0));
  const last = content.byteLength - 1;
  const part = from === undefined ? {} : { "content-range": `bytes ${from}-${last}/${content.byteLength}` };
  response.writeHead(from === undefined ? 200 : 206, { "content-length": bytes.byteLength, etag, ...part });
  if (fault !== undefined && "cutAfter" in fault) {
    // A moment later, as on a network: what a client's socket holds when it is cut at once may never reach the reader.
    response.write(bytes.subarray(0, fault.cutAfter), () => void setTimeout(() => response.socket?.destroy(), 50));
  } else if (fault !== undefined && "stallAfter" in fault) {
    response.write(bytes.subarray(0, fault.stallAfter));
  } else response.end(bytes);
  return response;
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): ServerResponse {
  return response.writeHead(status, { "content-type": "application/json", ...headers }).end('{"error":"no"}');
}

function sendJson(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): ServerResponse {
  return response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
export const gitSha1 = (bytes: Uint8Array) =>
  createHash("sha1").update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");

/** Bytes that look random, and are the same each time. */
export function noise(size: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
