/** File names of a Hugging Face folder. */
export const CONFIG_FILE = "config.json";
export const WEIGHTS_FILE = "model.safetensors";

/** The object of ours in config.json; its checksum covers the whole file. */
export const OUR_FIELD = "anabranch";
export const CONFIG_CHECKSUM = "config_sha256";
export const MODEL_FORMAT_VERSION = 1;

/** `quant_method` in config.json: transformers refuses a method it does not know, instead of reading I8 as weights. */
export const QUANT_METHOD = "anabranch_int8";
