import { cacheShelf } from "./cache-shelf.js";
import { opfsShelf } from "./opfs-shelf.js";
import { type Shelf, shelfName } from "./shelf.js";

/**
 * Where files of an address are kept.
 *
 * @throws when this browser, or this page, keeps nothing
 */
export async function openShelf(address: string): Promise<Shelf> {
  if (!globalThis.isSecureContext)
    throw new Error("only pages that come over https, or from localhost, may keep files");
  const name = await shelfName(address);
  const refusals: unknown[] = [];
  for (const open of [opfsShelf, cacheShelf]) {
    try {
      const shelf = await open(name);
      if (shelf !== undefined) return shelf;
    } catch (error) {
      refusals.push(error); // A private window may have the interface, and refuse its use.
    }
  }
  throw refusals[0] ?? new Error("this browser has nowhere to keep them");
}
