import { InvalidArgumentError } from "@anabranch/core";
import { type Command, Option } from "commander";
import { EMBEDDED, type EmbeddedName } from "../embedded.js";
import type { Place } from "../model/place.js";
import { anyNumber } from "./any-number.js";
import { addBackendOptions, type BackendOptions } from "./backend-options.js";
import { wholeNumber } from "./whole-number.js";

export interface ModelOptions extends BackendOptions {
  readonly model?: string;
  readonly adapter?: string;
  readonly lora?: string;
  readonly mode: "shared" | "lossless";
  readonly gamma?: number;
}

/** Options that say which model to load and what to run it on. */
export function addModelOptions(command: Command): Command {
  command
    .option(
      "--model <folder>",
      "a GGUF file, a Hugging Face folder, or a name on the hub; the embedded model when absent",
    )
    .option("--adapter <folder>", "the folder of a stream adapter or a PEFT LoRA, or its name on the hub")
    .option("--lora <folder>", "a plain LoRA to fold into the model under its streams")
    .addOption(new Option("--mode <mode>", "which embedded model").choices(["shared", "lossless"]).default("lossless"))
    .option("--gamma <n>", "streams; in shared mode another γ is another trained model", wholeNumber(1, 16));
  return addBackendOptions(command);
}

export interface DraftOptions {
  /** Absent: streams where the model has an adapter. */
  readonly drafter?: "streams" | "none";
  readonly streams: "parallel" | "deferred" | "auto";
  readonly topK?: number;
  readonly nodes?: number;
  readonly depth?: number;
  readonly budget?: "auto" | "none";
  readonly lookup: boolean;
  readonly phrases: boolean;
  readonly opening: boolean;
  readonly transitions: boolean;
  /** Absent: the adapter's own threshold, where it has one. */
  readonly prune?: number | false;
}

/** Options that say how to draft. */
export function addDraftOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--drafter <name>", "who drafts (default: streams, where there is an adapter)").choices([
        "streams",
        "none",
      ]),
    )
    .addOption(
      new Option("--streams <when>", "when streams run").choices(["parallel", "deferred", "auto"]).default("auto"),
    )
    .addOption(
      new Option(
        "--budget <which>",
        "auto: drafts of the size that pays on this machine; none: of a fixed one (default: auto, but none with --nodes or --top-k)",
      ).choices(["auto", "none"]),
    )
    .option("--top-k <k>", "children of a draft node (default: 3 without a budget)", wholeNumber(1, 64))
    .option(
      "--nodes <n>",
      "nodes of a draft, the most probable are kept (default without a budget: 8, or the full tree with --top-k)",
      wholeNumber(1, 4096),
    )
    .option(
      "--depth <n>",
      "levels of a draft (default: γ, or more where the adapter has transitions)",
      wholeNumber(1, 256),
    )
    .option(
      "--prune <p>",
      "drop drafted tokens that the early exit finds less probable (default: the adapter's threshold, if it can prune)",
      anyNumber,
    )
    .option("--no-prune", "drop none")
    .option("--no-transitions", "draft without counts of which token follows which")
    .option("--no-lookup", "draft without looking words up in the text itself")
    .option("--no-phrases", "draft without the adapter's counts of what the model mostly says")
    .option("--no-opening", "leave out the draft that the prefill pass verifies");
}

export function dataOption(): Option {
  return new Option("--data <folder>", "folder of data sets (default: $ANABRANCH_DATA or ../shared/data)");
}

/**
 * The embedded model that the options ask for, or the folders that they name.
 *
 * @throws InvalidArgumentError for a γ that no embedded shared model has.
 */
export function placesOf(options: ModelOptions): { model: Place; adapter: Place | undefined } {
  if (options.model !== undefined) return { model: options.model, adapter: options.adapter };
  const embedded = EMBEDDED[embeddedName(options)];
  return { model: embedded.model, adapter: options.adapter ?? embedded.adapter };
}

function embeddedName({ mode, gamma }: ModelOptions): EmbeddedName {
  if (mode === "lossless") return "lossless";
  const names = (Object.keys(EMBEDDED) as EmbeddedName[]).filter((name) => EMBEDDED[name].mode === "shared");
  const exact = gamma === undefined ? names[0] : names.find((name) => EMBEDDED[name].gamma === gamma);
  if (exact !== undefined) return exact;
  const trained = names.map((name) => EMBEDDED[name].gamma).join(", ");
  throw new InvalidArgumentError(`No shared model with γ = ${gamma} is embedded.`, {
    subject: "gamma",
    cure: `There is γ = ${trained}; or train one, and name its folders with --model and --adapter.`,
  });
}
