import { UnsupportedError } from "@anabranch/core";
import type { TokenizerComponent } from "../tokenizer-json.js";
import { byteFallback } from "./byte-fallback.js";
import { byteLevel } from "./byte-level.js";
import { chainStages, type PieceDecoder, type StageFactory } from "./stage.js";
import { stripPieces, stripText } from "./strip.js";
import { metaspace, spaced, wordPiece, wordSuffix } from "./word-pieces.js";

/**
 * Turns the `decoder` of a checked tokenizer.json into stages that work token by token.
 *
 * @param addedTokens contents of the added tokens: they are text already
 * @throws UnsupportedError for a decoder that cannot work token by token
 */
export function compileDecoder(
  decoder: TokenizerComponent | null,
  addedTokens: ReadonlySet<string>,
): () => PieceDecoder {
  const stages: StageFactory[] = [];
  // After Fuse, pieces are portions of one text rather than tokens, and a stage that looks at ends must know.
  let fused = false;
  const add = (component: TokenizerComponent): void => {
    switch (component.type) {
      case "Sequence":
        for (const part of component.decoders as TokenizerComponent[]) add(part);
        break;
      case "ByteLevel":
        stages.push(byteLevel(addedTokens));
        fused = true;
        break;
      case "ByteFallback":
        stages.push(byteFallback);
        break;
      case "Fuse":
        fused = true;
        break;
      case "Replace":
        stages.push(replace(component, fused));
        break;
      case "Strip": {
        const { content, start, stop } = component as unknown as { content: string; start: number; stop: number };
        stages.push((fused ? stripText : stripPieces)(content, start, stop));
        break;
      }
      case "Metaspace":
        stages.push(metaspace((component.replacement as string | null) ?? "▁", component.prepend_scheme !== "never"));
        break;
      case "WordPiece":
        stages.push(wordPiece((component.prefix as string | null) ?? "##", component.cleanup !== false));
        break;
      case "BPEDecoder":
        stages.push(wordSuffix((component.suffix as string | null) ?? "</w>"));
        break;
      default:
        throw unsupported(component.type);
    }
  };
  if (decoder === null) stages.push(spaced);
  else add(decoder);
  return () => chainStages(stages);
}

function replace(component: TokenizerComponent, fused: boolean): StageFactory {
  const { String: from } = component.pattern as { String?: string };
  if (from === undefined || from === "") throw unsupported("Replace with a regular expression");
  if (fused && from.length > 1) throw unsupported("Replace of several characters after Fuse");
  const to = component.content as string;
  return (emit) => ({ push: (piece) => emit(piece.replaceAll(from, () => to)), finish: () => {} });
}

function unsupported(what: string): UnsupportedError {
  return new UnsupportedError(`tokenizer.json: decoder ${what} cannot turn tokens to text one at a time.`, {
    subject: "decoder",
    cure: "Use a tokenizer of the byte-level BPE, SentencePiece BPE, Metaspace or WordPiece kind.",
  });
}
