import { type Adapter, LINEAR_MODULES, type MarkovSpec, type StreamSpec } from "@anabranch/core";
import * as v from "valibot";
import { UNSEALED } from "../bytes/seal.js";
import { checkFields, positive, sha256Hex, size } from "../config/check-fields.js";
import { ADAPTER_FORMAT_VERSION, PEFT_TYPE } from "./adapter-files.js";
import type { AdapterSettings } from "./adapter-settings.js";

const layer = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4095));
const rank = size(65_536);

const ours = v.strictObject({
  format_version: v.literal(ADAPTER_FORMAT_VERSION),
  mode: v.picklist(["shared", "lossless"]),
  gamma: size(1024),
  msa_layers: size(4096),
  initialisation_rank: v.exactOptional(rank),
  value_rotation: v.exactOptional(v.pipe(v.number(), v.finite())),
  markov: v.exactOptional(v.strictObject({ kind: v.picklist(["vanilla", "rnn"]), rank, token_scale: positive() })),
  draft_tokens: v.exactOptional(size(2 ** 24)),
  base_fingerprint: v.exactOptional(sha256Hex()),
  calibration: v.exactOptional(v.unknown()),
  pruning: v.exactOptional(v.strictObject({ rank, threshold: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) })),
  opening: v.exactOptional(v.unknown()),
  tensors_sha256: sha256Hex(),
  config_sha256: sha256Hex(),
});

/** Strict: a field that this version does not know might change what the adapter does. */
const schema = v.pipe(
  v.strictObject({
    peft_type: v.literal(PEFT_TYPE),
    base_model_name_or_path: v.nullable(v.string()),
    r: v.exactOptional(rank),
    lora_alpha: v.exactOptional(positive()),
    target_modules: v.exactOptional(
      v.pipe(
        v.array(v.picklist(LINEAR_MODULES)),
        v.check((modules) => new Set(modules).size === modules.length, "a module stands twice"),
      ),
    ),
    layers_to_transform: v.exactOptional(
      v.pipe(
        v.array(layer),
        v.check((layers) => layers.every((one, i) => i === 0 || one > (layers[i - 1] as number)), "layers must ascend"),
      ),
    ),
    anabranch: ours,
  }),
  v.check(({ r, lora_alpha, target_modules, layers_to_transform }) => {
    const given = [r, lora_alpha, target_modules, layers_to_transform].filter((field) => field !== undefined).length;
    return given === 0 || given === 4;
  }, "r, lora_alpha, target_modules and layers_to_transform belong together"),
);

/** The parsed adapter_config.json. */
export interface AdapterConfig {
  readonly streams: StreamSpec;
  /** Size of the draft vocabulary, whose tokens are in the tensors' file. */
  readonly draftTokens?: number;
  readonly baseFingerprint?: string;
  readonly settings: AdapterSettings;
  /** The header checksum of the tensors' file, which covers all of it. */
  readonly tensorsChecksum: string;
}

/** @throws InvalidFileError naming the field */
export function readAdapterConfig(json: unknown, file: string): AdapterConfig {
  const fields = checkFields(schema, json, file);
  const own = fields.anabranch;
  const { r, lora_alpha: alpha, target_modules: modules, layers_to_transform: layers } = fields;
  const lora =
    r !== undefined && alpha !== undefined && modules !== undefined && layers !== undefined
      ? { rank: r, alpha, modules, layers }
      : undefined;
  return {
    streams: {
      mode: own.mode,
      gamma: own.gamma,
      msaLayers: own.msa_layers,
      ...(lora === undefined ? {} : { lora }),
      ...(own.initialisation_rank === undefined ? {} : { initialisationRank: own.initialisation_rank }),
      ...(own.value_rotation === undefined ? {} : { valueRotation: own.value_rotation }),
      ...(own.pruning === undefined ? {} : { pruning: own.pruning }),
      ...(own.markov === undefined ? {} : { markov: markovSpec(own.markov) }),
    },
    ...(own.draft_tokens === undefined ? {} : { draftTokens: own.draft_tokens }),
    ...(own.base_fingerprint === undefined ? {} : { baseFingerprint: own.base_fingerprint }),
    settings: {
      ...(fields.base_model_name_or_path === null ? {} : { baseModel: fields.base_model_name_or_path }),
      ...(own.calibration === undefined ? {} : { calibration: own.calibration }),
      ...(own.opening === undefined ? {} : { opening: own.opening }),
    },
    tensorsChecksum: own.tensors_sha256,
  };
}

function markovSpec({ kind, rank, token_scale }: v.InferOutput<typeof ours>["markov"] & object): MarkovSpec {
  return { kind, rank, tokenScale: token_scale };
}

/** The JSON object of adapter_config.json, not yet sealed. */
export function writeAdapterConfig(
  { streams, baseFingerprint, draftVocabulary }: Adapter,
  { baseModel, calibration, opening }: AdapterSettings,
  tensorsChecksum: string,
): Record<string, unknown> {
  const { lora, markov, pruning, valueRotation } = streams;
  return {
    peft_type: PEFT_TYPE,
    base_model_name_or_path: baseModel ?? null,
    ...(lora === undefined
      ? {}
      : { r: lora.rank, lora_alpha: lora.alpha, target_modules: lora.modules, layers_to_transform: lora.layers }),
    anabranch: {
      format_version: ADAPTER_FORMAT_VERSION,
      mode: streams.mode,
      gamma: streams.gamma,
      msa_layers: streams.msaLayers,
      ...(streams.initialisationRank === undefined ? {} : { initialisation_rank: streams.initialisationRank }),
      ...(valueRotation === undefined ? {} : { value_rotation: valueRotation }),
      ...(markov === undefined
        ? {}
        : { markov: { kind: markov.kind, rank: markov.rank, token_scale: markov.tokenScale } }),
      ...(draftVocabulary === undefined ? {} : { draft_tokens: draftVocabulary.length }),
      ...(baseFingerprint === undefined ? {} : { base_fingerprint: baseFingerprint }),
      ...(calibration === undefined ? {} : { calibration }),
      ...(pruning === undefined ? {} : { pruning: { rank: pruning.rank, threshold: pruning.threshold } }),
      ...(opening === undefined ? {} : { opening }),
      tensors_sha256: tensorsChecksum,
      config_sha256: UNSEALED,
    },
  };
}
