import type { TokenizerComponent } from "./tokenizer-json.js";

/** GPT-2's words. `\s` and `\S` mean Unicode's white space, as in the engine that Hugging Face's library uses. */
const gpt2WordPattern = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/**
 * Writes pre-tokenizers in terms of Split, whose pattern @huggingface/tokenizers translates with Unicode's classes; its
 * own ByteLevel and Digits use JavaScript's `\s` and `\d`, and give other words for U+0085, U+FEFF and other digits.
 */
export function lowerPreTokenizer(component: TokenizerComponent | null): TokenizerComponent | null {
  if (component === null) return null;
  switch (component.type) {
    case "Sequence": {
      const parts = component.pretokenizers as readonly TokenizerComponent[];
      return { ...component, pretokenizers: parts.map(lowerPreTokenizer) };
    }
    case "ByteLevel":
      // With a prefix space the pattern must come after the space, inside the library's own stage.
      if (component.use_regex === false || component.add_prefix_space === true) return component;
      return {
        type: "Sequence",
        pretokenizers: [split(gpt2WordPattern), { ...component, use_regex: false }],
      };
    case "Digits":
      return split(component.individual_digits === true ? "\\p{N}" : "\\p{N}+");
    default:
      return component;
  }
}

function split(pattern: string): TokenizerComponent {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}
