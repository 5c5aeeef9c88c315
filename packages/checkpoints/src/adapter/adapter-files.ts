export const ADAPTER_CONFIG_FILE = "adapter_config.json";
export const ADAPTER_WEIGHTS_FILE = "adapter_model.safetensors";

/**
 * Of our own, in both modes: a loader that takes the folder for plain LoRA would bend the main stream (lossless), or apply
 * half of the adapter (shared).
 */
export const PEFT_TYPE = "SPECULATIVE_STREAMS";

export const ADAPTER_FORMAT_VERSION = 1;
export const ADAPTER_CHECKSUM = "config_sha256";
