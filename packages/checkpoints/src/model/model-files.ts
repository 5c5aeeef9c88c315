/** File names of a Hugging Face folder. */
export const CONFIG_FILE = "config.json";
export const GENERATION_FILE = "generation_config.json";
export const WEIGHTS_FILE = "model.safetensors";

/** The object of ours in config.json; its checksum covers the whole file. */
export const OUR_FIELD = "anabranch";
export const CONFIG_CHECKSUM = "config_sha256";
export const MODEL_FORMAT_VERSION = 1;

/**
 * `quantization_config.format` in config.json. Without a `quant_method`, on purpose: transformers refuses a configuration
 * that has none, but only warns about one that it does not know, and would then take I8 for the weights themselves.
 */
export const QUANTIZATION_FORMAT = "anabranch-int8";
