import type { StageFactory } from "./stage.js";

/** SentencePiece's visible space back to a space; the one that was prepended to the text goes. */
export function metaspace(replacement: string, prepended: boolean): StageFactory {
  return (emit) => {
    let first = prepended;
    return {
      push(token) {
        const text = token.replaceAll(replacement, " ");
        emit(first && text.startsWith(" ") ? text.slice(1) : text);
        first = false;
      },
      finish: () => {},
    };
  };
}

/** BERT's decoder: a space before each token but the first and those with the prefix. */
export function wordPiece(prefix: string, cleanUp: boolean): StageFactory {
  return (emit) => {
    let first = true;
    return {
      push(token) {
        let text = token;
        if (!first) text = prefix !== "" && token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
        emit(cleanUp ? cleanUpSpaces(text) : text);
        first = false;
      },
      finish: () => {},
    };
  };
}

/** A suffix marks the end of a word: a space, but nothing at the end of the text. So one token is held back. */
export function wordSuffix(suffix: string): StageFactory {
  return (emit) => {
    let held: string | undefined;
    return {
      push(token) {
        if (held !== undefined) emit(held.replaceAll(suffix, " "));
        held = token;
      },
      finish() {
        if (held !== undefined) emit(held.replaceAll(suffix, ""));
      },
    };
  };
}

/** What a tokenizer.json without a decoder means: tokens with spaces between. */
export const spaced: StageFactory = (emit) => {
  let first = true;
  return {
    push(token) {
      emit(first ? token : ` ${token}`);
      first = false;
    },
    finish: () => {},
  };
};

function cleanUpSpaces(text: string): string {
  return text
    .replace(/ ([.?!,])/g, "$1")
    .replace(/ ' /g, "'")
    .replace(/ (n't|'m|'s|'ve|'re)/g, "$1");
}
