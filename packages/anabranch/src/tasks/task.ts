import type { PaperTask } from "@anabranch/evaluation";

export interface TaskExample {
  /** Text for the model, before the tokenizer frames it. */
  readonly prompt: string;
  /** Right answers; none where the model's own are what counts. */
  readonly references: readonly string[];
}

export type Split = "train" | "dev" | "test";

/** Data to train on and to be measured by. */
export interface Task {
  readonly name: string;
  /** Prompts are a user's messages, for the model's chat template. */
  readonly chat?: boolean;
  /** Its name in the paper's tables, where it has one. */
  readonly paperTask?: PaperTask;
  /**
   * @param folder the folder that holds a folder for each task.
   * @throws IoError, InvalidFileError
   */
  read(folder: string, split: Split): Promise<readonly TaskExample[]>;
  /** New prompts in the manner of given ones, for a model to answer itself. */
  invent(given: readonly string[], count: number, seed: number): string[];
}
