import type { PaperTask, TextFigures } from "@anabranch/evaluation";

export interface TaskExample {
  /** Text for the model, before the tokenizer frames it. */
  readonly prompt: string;
  /** Right answers; none where the model's own are what counts. */
  readonly references: readonly string[];
  /** CREATE TABLE statements that a query is about. */
  readonly schema?: string;
}

export type Split = "train" | "dev" | "test";

/** Data to train on and to be measured by. */
export interface Task {
  readonly name: string;
  /** Prompts are a user's messages, for the model's chat template. */
  readonly chat?: boolean;
  /**
   * What a model with a chat template is told before a prompt, which is a user's message to it then. A model without one is
   * given the prompt as it is: it was trained on the task from nothing.
   */
  readonly system?: string;
  /** Its name in the paper's tables, where it has one. */
  readonly paperTask?: PaperTask;
  /**
   * @param folder the folder that holds a folder for each task.
   * @throws IoError, InvalidFileError; UnsupportedError for data that must not be trained on
   */
  read(folder: string, split: Split): Promise<readonly TaskExample[]>;
  /** New prompts in the manner of given ones, for a model to answer itself. @throws UnsupportedError where none can be made */
  invent(given: readonly string[], count: number, seed: number): string[];
  /** How good answers are, one an example; absent where nothing tells. @throws UnsupportedError where a package for it is missing */
  score?(answers: readonly string[], examples: readonly TaskExample[]): Promise<TextFigures>;
  /** How {@link score} measures, for reports. */
  readonly scoring?: Readonly<Record<string, string | number | boolean>>;
}
