/**
 * The folder of the streams' adapter, for `load(model, { adapter })` of `anabranch`: lossless, so that the model's words stay as
 * they are.
 */
export const adapter: URL = new URL("../adapter/", import.meta.url);

/** The model that it belongs to, by its name on the hub; any file of it in any format will do. */
export const baseModel = "HuggingFaceTB/SmolLM2-135M-Instruct";
