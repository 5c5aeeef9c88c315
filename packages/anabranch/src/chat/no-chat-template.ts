import { UnsupportedError } from "@anabranch/core";

export function noChatTemplate(model: string): UnsupportedError {
  return new UnsupportedError(`${model} has no chat template.`, {
    subject: "chatTemplate",
    cure: "Use a model made for conversations (names often end in -Instruct or -it), or continue a text with generate().",
  });
}
