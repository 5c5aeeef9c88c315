import { createReadStream, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Served {
  /** By its path in the address: where a file lies. */
  readonly files: ReadonlyMap<string, string>;
  /** By its path: HTML. */
  readonly pages: ReadonlyMap<string, string>;
}

const types: Readonly<Record<string, string>> = { html: "text/html", mjs: "text/javascript", wasm: "application/wasm" };

/** What makes pages cross-origin isolated: without it they have no memory that threads share. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/** A server on this machine alone, of these files and pages and nothing else. */
export async function serveFiles({ files, pages }: Served): Promise<{ origin: string; close(): Promise<void> }> {
  const answer = (path: string, response: ServerResponse): void => {
    const type = types[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    const headers = { ...ISOLATED, "content-type": type };
    const [page, file] = [pages.get(path), files.get(path)];
    if (page !== undefined) {
      response.writeHead(200, headers).end(page);
    } else if (file !== undefined) {
      response.writeHead(200, { ...headers, "content-length": statSync(file).size });
      createReadStream(file).pipe(response);
    } else {
      response.writeHead(404, ISOLATED).end();
    }
  };
  const server = createServer(({ url = "/" }, response) => {
    answer(new URL(url, "http://localhost").pathname, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
