import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** A folder, or a file, by the path that it is served under. */
export type Served = Readonly<Record<string, string>>;

export interface TestServer {
  /** "http://localhost:1234" */
  readonly origin: string;
  /** Paths that were asked for, with their methods before all but GET; emptied by whoever counts. */
  readonly asked: string[];
  /** Answers before the files do, where it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  close(): void;
}

const TYPES: Readonly<Record<string, string>> = {
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".html": "text/html",
};

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

const PAGE = "<!doctype html><title>Anabranch</title>";

/** Serves files, and an empty page at "/". */
export async function serve(served: Served, { isolated }: { readonly isolated: boolean }): Promise<TestServer> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "", "http://localhost").pathname);
    if (path !== "/" && path !== "/favicon.ico")
      test.asked.push(request.method === "GET" ? path : `${request.method} ${path}`);
    for (const [name, value] of Object.entries(isolated ? ISOLATION : {})) response.setHeader(name, value);
    if (test.intercept?.(request, response)) return;
    if (path === "/") response.setHeader("content-type", "text/html").end(PAGE);
    else sendFile(fileAt(served, path), request, response);
  });
  const test: TestServer = { origin: "", asked: [], intercept: undefined, close: () => undefined };
  await new Promise<void>((listening) => server.listen(0, "localhost", listening));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return Object.assign(test, { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close });
}

function fileAt(served: Served, path: string): string | undefined {
  const [prefix, place] = Object.entries(served).find(([name]) => path === name || path.startsWith(`${name}/`)) ?? [];
  return prefix === undefined ? undefined : join(place as string, path.slice(prefix.length));
}

/** Whole, or from where a range begins. */
export function sendFile(file: string | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (file === undefined || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  const { size, mtimeMs } = statSync(file);
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(start > 0 ? 206 : 200, {
    "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    "content-length": size - start,
    etag: `"${size}-${mtimeMs}"`,
    ...(start > 0 ? { "content-range": `bytes ${start}-${size - 1}/${size}` } : {}),
  });
  if (request.method === "HEAD") response.end();
  else createReadStream(file, { start }).pipe(response);
}
