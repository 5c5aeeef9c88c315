import { ROOT, type Shelf } from "./shelf.js";

/** An address that no server has: entries of a cache are filed under addresses. */
const HOST = `https://${ROOT}.invalid/`;

/** In Cache Storage, for browsers without a private file system; undefined where that is missing too. */
export async function cacheShelf(folder: string): Promise<Shelf | undefined> {
  if (globalThis.caches === undefined) return undefined;
  const cache = await caches.open(ROOT);
  const prefix = `${HOST}${folder}/`;
  return {
    read: async (name) => (await cache.match(prefix + name))?.blob(),
    async create(name) {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      return {
        write: async (bytes) => void parts.push(bytes),
        close: () => cache.put(prefix + name, new Response(new Blob(parts))),
        recover: async () => new Blob(parts),
      };
    },
    async names() {
      const addresses = (await cache.keys()).map(({ url }) => url);
      return addresses.filter((url) => url.startsWith(prefix)).map((url) => url.slice(prefix.length));
    },
    remove: async (name) => void (await cache.delete(prefix + name)),
  };
}

/** Removes one place's files, or, without its name, everything. */
export async function clearCache(folder: string | undefined): Promise<void> {
  if (globalThis.caches === undefined) return;
  if (folder === undefined) {
    await caches.delete(ROOT);
    return;
  }
  const shelf = await cacheShelf(folder);
  for (const name of (await shelf?.names()) ?? []) await shelf?.remove(name);
}
