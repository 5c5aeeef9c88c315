import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of fixtures and models beside the repository; what lies there is read in place. */
const shared = process.env.ANABRANCH_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));

export const sharedPath = (path: string): string => `${shared}/${path}`;

export const hasShared = existsSync(sharedPath("fixtures"));

/** For titles: says why a block is skipped. */
export const needsShared = hasShared ? "" : " (skipped: no shared folder; set ANABRANCH_SHARED)";
