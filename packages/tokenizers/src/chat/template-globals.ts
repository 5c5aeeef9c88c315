import { strftime } from "./strftime.js";

/** What a template raised with `raise_exception`: its own words on messages that it does not take. */
export class TemplateRefusal extends Error {}

// As the sandbox that Hugging Face renders in has it.
const longestRange = 100_000;

/** The names that Hugging Face's `apply_chat_template` defines beside the conversation. */
export function templateGlobals(): Readonly<Record<string, unknown>> {
  return {
    true: true,
    True: true,
    false: false,
    False: false,
    none: null,
    None: null,
    raise_exception(words: unknown) {
      throw new TemplateRefusal(String(words));
    },
    range,
    strftime_now: (format: unknown) => strftime(new Date(), String(format)),
  };
}

function range(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= longestRange)) throw new Error(`range() of more than ${longestRange}`);
  return Array.from({ length }, (_, index) => start + index * step);
}
