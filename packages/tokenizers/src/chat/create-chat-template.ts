import { AnabranchError, InvalidArgumentError, InvalidFileError, UnsupportedError } from "@anabranch/core";
import { Environment, parse, tokenize } from "@huggingface/jinja";
import { BoundedInterpreter, TemplateLimitError } from "./bounded-interpreter.js";
import type { ChatMessage, ChatTemplate, RenderChatOptions, SpecialTokenTexts } from "./chat-template.js";
import { TemplateRefusal, templateGlobals } from "./template-globals.js";

// Ten times the longest in use.
const longestTemplate = 2 ** 18;
// The lexer takes quadratic time over white space.
const longWhiteSpace = /\s{2000}/;

/**
 * Makes a chat template from its Jinja source, as `transformers` runs it: blocks are trimmed, and templates find
 * `raise_exception`, `strftime_now` and `tojson`. It is parsed when it is first used.
 *
 * @param specialTokens which texts `bos_token` and the like stand for
 * @param origin file and field that the source is from, for errors
 */
export function createChatTemplate(
  source: string,
  specialTokens: SpecialTokenTexts = {},
  origin = "chat template",
): ChatTemplate {
  let program: ReturnType<typeof parse> | undefined;
  return {
    render(messages: readonly ChatMessage[], { addGenerationPrompt = true, variables = {} }: RenderChatOptions = {}) {
      program ??= parseTemplate(source, origin);
      const { bosToken, eosToken, unkToken, padToken } = specialTokens;
      const tokens = { bos_token: bosToken, eos_token: eosToken, unk_token: unkToken, pad_token: padToken };
      const given = { ...tokens, ...variables, messages, add_generation_prompt: addGenerationPrompt };
      try {
        const environment = new Environment();
        for (const [name, value] of Object.entries(templateGlobals())) environment.set(name, value);
        // In a scope of their own, so that a variable may be called `range`.
        const scope = new Environment(environment);
        for (const [name, value] of Object.entries(given)) scope.set(name, value);
        return String(new BoundedInterpreter(scope).run(program).value);
      } catch (cause) {
        throw renderError(origin, cause);
      }
    },
  };
}

function parseTemplate(source: string, origin: string): ReturnType<typeof parse> {
  const cure = "Fetch the file again, or give a chat template of your own.";
  if (source.length > longestTemplate || longWhiteSpace.test(source)) {
    throw new UnsupportedError(`${origin} is longer than any chat template.`, { subject: origin, cure });
  }
  try {
    return parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  } catch (cause) {
    throw new InvalidFileError(`${origin} is no Jinja template: ${wordsOf(cause)}.`, { subject: origin, cure, cause });
  }
}

function renderError(origin: string, cause: unknown): AnabranchError {
  if (AnabranchError.isInstance(cause)) return cause;
  const words = wordsOf(cause);
  if (cause instanceof TemplateRefusal) {
    return new InvalidArgumentError(`${origin} refuses these messages: ${words}.`, {
      subject: "messages",
      cure: "Order the turns as the model's chat template has them.",
      cause,
    });
  }
  const problem = cause instanceof TemplateLimitError ? words : `cannot be run on these messages: ${words}`;
  return new UnsupportedError(`${origin} ${problem}.`, {
    subject: origin,
    cure: "Give the variables that the template reads, or a chat template of your own.",
    cause,
  });
}

/** An error's message without its full stop; a template may have raised any text. */
function wordsOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 300).replace(/\.$/, "");
}
