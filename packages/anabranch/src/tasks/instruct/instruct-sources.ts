import { InvalidFileError } from "@anabranch/core";

/** A file of instructions: what its rows are called, how many of its prompts come in each turn, and its licence. */
export interface InstructSource {
  readonly file: string;
  /** Prompts a turn: kinds that matter more for chat come oftener. */
  readonly share: number;
  prompts(text: string, path: string): string[];
}

interface Instruction {
  readonly instruction: string;
  readonly input?: string;
}

/** What people may train on and ship (all MIT or Apache-2.0). */
export const instructSources: readonly InstructSource[] = [
  { file: "gpteacher_roleplay.json", share: 3, prompts: fromArray },
  { file: "gpteacher_codegen.json", share: 3, prompts: fromArray },
  {
    file: "gsm8k_train.jsonl",
    share: 2,
    prompts: (text, path) => lines(text, path).map(({ question }) => String(question)),
  },
  { file: "self_instruct_seed_tasks.jsonl", share: 1, prompts: fromInstances },
  { file: "self_instruct_user_oriented.jsonl", share: 1, prompts: fromInstances },
  { file: "gpteacher_toolformer.json", share: 1, prompts: fromArray },
];

function fromArray(text: string, path: string): string[] {
  return (parse(text, path) as readonly Instruction[]).map(({ instruction, input = "" }) =>
    together(instruction, input),
  );
}

function fromInstances(text: string, path: string): string[] {
  return lines(text, path).map(({ instruction, instances }) => {
    const [first] = instances as readonly { readonly input?: string }[];
    return together(String(instruction), first?.input ?? "");
  });
}

function together(instruction: string, input: string): string {
  return input.trim() === "" ? instruction.trim() : `${instruction.trim()}\n\n${input.trim()}`;
}

function lines(text: string, path: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => parse(line, path) as Record<string, unknown>);
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidFileError(`${path} is not JSON.`, { subject: path, cure: "Fetch the data set again.", cause });
  }
}
