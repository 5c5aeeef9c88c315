import { lossless, shared3 } from "@anabranch/model-e2e";

/** The models that come with the package; the first is what the command line uses when none is named. */
export const EMBEDDED = { lossless, "shared-3": shared3 } as const;

export type EmbeddedName = keyof typeof EMBEDDED;
