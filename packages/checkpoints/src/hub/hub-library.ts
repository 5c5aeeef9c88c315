type HubLibrary = typeof import("@huggingface/hub");

/** Imported at its first use: it takes a fifth of a second, which whoever loads a model from a folder need not wait. */
export const hubLibrary = (): Promise<HubLibrary> => import("@huggingface/hub");
