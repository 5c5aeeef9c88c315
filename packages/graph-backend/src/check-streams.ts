import {
  type Capabilities,
  InvalidArgumentError,
  type ModelSpec,
  type StreamSpec,
  UnsupportedError,
} from "@anabranch/core";

/**
 * Whether stream settings fit a model.
 * @throws UnsupportedError for a mode that is not there; InvalidArgumentError for numbers that do not fit
 */
export function checkStreamSpec(spec: ModelSpec, capabilities: Capabilities, streams: StreamSpec): void {
  const { mode, gamma, msaLayers, lora } = streams;
  if (!capabilities.streamModes.includes(mode)) {
    throw new UnsupportedError(`This backend has no stream mode "${mode}".`, { subject: "streamModes" });
  }
  if (!Number.isInteger(gamma) || gamma < 1) {
    throw new InvalidArgumentError(`An adapter of ${gamma} streams was given.`, { subject: "gamma" });
  }
  if (!Number.isInteger(msaLayers) || msaLayers < 1 || msaLayers > spec.layers) {
    throw new InvalidArgumentError(
      `Streams through ${msaLayers} layers were asked for; the model has ${spec.layers}.`,
      {
        subject: "msaLayers",
      },
    );
  }
  const first = mode === "lossless" ? spec.layers - msaLayers : 0;
  for (const layer of lora?.layers ?? []) {
    if (Number.isInteger(layer) && layer >= first && layer < spec.layers) continue;
    throw new InvalidArgumentError(
      `The adapter has LoRA on layer ${layer}; in ${mode} mode it may be on ${first}..${spec.layers - 1}.`,
      {
        subject: "lora.layers",
      },
    );
  }
}
