import { InvalidFileError } from "@anabranch/core";
import { readJsonLines, readText } from "@anabranch/evaluation/node";

/** A file of instructions, and how many of its prompts come in each turn: kinds that matter more for chat come oftener. */
export interface InstructSource {
  readonly file: string;
  readonly share: number;
  /** @throws IoError where the file cannot be read, InvalidFileError where it is not what it should be. */
  prompts(path: string): Promise<string[]>;
}

interface Instruction {
  readonly instruction: string;
  readonly input?: string;
}

const CURE = "Fetch the data set again.";

/** What people may train on and ship (all MIT or Apache-2.0). */
export const instructSources: readonly InstructSource[] = [
  { file: "gpteacher_roleplay.json", share: 3, prompts: fromArray },
  { file: "gpteacher_codegen.json", share: 3, prompts: fromArray },
  { file: "gsm8k_train.jsonl", share: 2, prompts: fromQuestions },
  { file: "self_instruct_seed_tasks.jsonl", share: 1, prompts: fromInstances },
  { file: "self_instruct_user_oriented.jsonl", share: 1, prompts: fromInstances },
  { file: "gpteacher_toolformer.json", share: 1, prompts: fromArray },
];

async function fromArray(path: string): Promise<string[]> {
  const text = await readText(path, CURE);
  let rows: readonly Instruction[];
  try {
    rows = JSON.parse(text);
  } catch (cause) {
    throw new InvalidFileError(`${path} is not JSON.`, { subject: path, cure: CURE, cause });
  }
  return rows.map(({ instruction, input = "" }) => together(instruction, input));
}

async function fromQuestions(path: string): Promise<string[]> {
  return (await readJsonLines(path, CURE)).map((line) => line.text("question"));
}

async function fromInstances(path: string): Promise<string[]> {
  return (await readJsonLines(path, CURE)).map((line) => {
    const [first] = line.value["instances"] as readonly { readonly input?: string }[];
    return together(line.text("instruction"), first?.input ?? "");
  });
}

function together(instruction: string, input: string): string {
  return input.trim() === "" ? instruction.trim() : `${instruction.trim()}\n\n${input.trim()}`;
}
