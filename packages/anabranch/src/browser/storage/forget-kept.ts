import { InvalidArgumentError, IoError } from "@anabranch/core";
import { remotePlace } from "../fetch/remote-place.js";
import type { SentPlace } from "../place.js";
import { clearCache } from "./cache-shelf.js";
import { clearOpfs } from "./opfs-shelf.js";
import { shelfName } from "./shelf.js";

/** @throws InvalidArgumentError, IoError */
export async function forgetKept(place: SentPlace | undefined): Promise<void> {
  if (place !== undefined && "files" in place) {
    throw new InvalidArgumentError("Files that were given are kept nowhere.", {
      subject: "place",
      cure: "Pass the address that they were loaded from.",
    });
  }
  const address = place === undefined ? undefined : remotePlace(place.address, place.base).address;
  if (!globalThis.isSecureContext) return; // Nothing was kept.
  const name = address === undefined ? undefined : await shelfName(address);
  try {
    await clearOpfs(name);
    await clearCache(name);
  } catch (cause) {
    const subject = address ?? "storage";
    const cure = "Dispose of models that are still being loaded from there.";
    throw new IoError("The browser does not let go of the files.", { subject, cure, cause });
  }
}
