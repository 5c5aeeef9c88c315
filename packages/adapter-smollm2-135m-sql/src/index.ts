/** The folder of the fine-tune, a plain LoRA, for `load(model, { lora, adapter })` of `anabranch`. */
export const lora: URL = new URL("../lora/", import.meta.url);

/** The folder of the fine-tune's streams: lossless, so that its words stay as they are. */
export const adapter: URL = new URL("../adapter/", import.meta.url);

/** The model that both belong to, by its name on the hub; any file of it in any format will do. */
export const baseModel = "HuggingFaceTB/SmolLM2-135M-Instruct";
