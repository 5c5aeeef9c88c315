/** Token strings in, text out, as soon as it is certain. */
export interface PieceDecoder {
  /** The text that this token makes certain; may be empty. */
  push(token: string): string;
  /** The rest of the text. */
  finish(): string;
}

/** One decoder of a tokenizer.json as a stage that takes pieces and hands pieces on. */
export interface Stage {
  push(piece: string): void;
  /** Hands on whatever is still held back. */
  finish(): void;
}

/** Starts a stage for one text. `emit` takes what the stage hands on. */
export type StageFactory = (emit: (piece: string) => void) => Stage;

/** Chains stages to one decoder; the last stage's pieces are the text. */
export function chainStages(factories: readonly StageFactory[]): PieceDecoder {
  let text = "";
  let emit = (piece: string): void => {
    text += piece;
  };
  const stages: Stage[] = [];
  for (const factory of factories.toReversed()) {
    const stage = factory(emit);
    stages.unshift(stage);
    emit = (piece) => stage.push(piece);
  }
  const take = (): string => {
    const taken = text;
    text = "";
    return taken;
  };
  const first = emit;
  return {
    push(token) {
      first(token);
      return take();
    },
    finish() {
      for (const stage of stages) stage.finish();
      return take();
    },
  };
}
