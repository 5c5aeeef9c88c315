import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.env["ANABRANCH_SHARED"] ?? fileURLToPath(new URL("../../../../shared", import.meta.url));

/** A path in the folder of shared models and data, which stands beside a checkout and not in it. */
export const sharedFile = (path: string): string => join(folder, path);
