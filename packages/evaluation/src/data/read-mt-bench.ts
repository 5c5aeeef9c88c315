import { readJsonLines } from "./read-json-lines.js";

/** A conversation of MT-Bench: what a user says, turn by turn. */
export interface MtBenchQuestion {
  readonly id: number;
  readonly category: string;
  /** At least one. */
  readonly turns: readonly [string, ...string[]];
}

const cure = "Get MT-Bench's question.jsonl again (https://github.com/lm-sys/FastChat).";

/**
 * Reads MT-Bench's questions (Zheng and others, arXiv 2306.05685; Apache-2.0). They are for measuring, never for training.
 *
 * @throws IoError where the file cannot be read, InvalidFileError (naming file and line) where it is not that file.
 */
export async function readMtBench(path: string): Promise<MtBenchQuestion[]> {
  return (await readJsonLines(path, cure)).map((line) => {
    const { question_id: id, turns } = line.value;
    if (!Number.isSafeInteger(id)) throw line.wrong('"question_id" is no whole number');
    if (!isConversation(turns)) throw line.wrong('"turns" is no list of texts');
    return { id: id as number, category: line.text("category"), turns };
  });
}

function isConversation(turns: unknown): turns is [string, ...string[]] {
  return (
    Array.isArray(turns) && turns.length > 0 && turns.every((turn) => typeof turn === "string" && turn.trim() !== "")
  );
}
