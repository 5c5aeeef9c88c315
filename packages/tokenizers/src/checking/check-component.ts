import { UnsupportedError } from "@anabranch/core";
import { type ComponentPlace, componentKinds } from "./component-kinds.js";
import { asArray, asFields, asString, checkFields, type Fields, invalid } from "./fields.js";

// Real files nest two or three deep; a hostile one could exhaust the stack.
const deepest = 16;

/**
 * Checks one stage of the pipeline and all of its parts.
 *
 * @throws InvalidFileError for what is not of the format
 * @throws UnsupportedError for what the format has and this package cannot run as Hugging Face's library does
 */
export function checkComponent(value: unknown, place: ComponentPlace, path: string, depth = 0): void {
  if (value === null) return;
  const fields = asFields(value, path);
  const type = asString(fields.type, `${path}.type`);
  const kinds = componentKinds[place];
  if (type === "Sequence") {
    if (depth === deepest) throw invalid(path, "is nested too deeply");
    const partsPath = `${path}.${kinds.parts}`;
    asArray(fields[kinds.parts], partsPath).forEach((part, index) => {
      if (part === null) throw invalid(`${partsPath}[${index}]`, "is null");
      checkComponent(part, place, `${partsPath}[${index}]`, depth + 1);
    });
    return;
  }
  if (kinds.unsupported.includes(type)) throw unsupported(path, `${place} of type ${type}`);
  if (!Object.hasOwn(kinds.known, type)) throw invalid(`${path}.type`, `names no ${place}: "${type.slice(0, 40)}"`);
  checkFields(fields, kinds.known[type] ?? {}, path);
  checkLimits(type, fields, place, path);
}

/** Settings that the library under us would quietly ignore. */
function checkLimits(type: string, fields: Fields, place: ComponentPlace, path: string): void {
  if (place === "post_processor" && type === "TemplateProcessing") checkTemplate(fields, path);
  if (place !== "pre_tokenizer") return;
  const { behavior } = fields;
  if (type === "Split" && behavior !== "Isolated" && behavior !== "Removed" && fields.invert !== true) {
    throw unsupported(`${path}.behavior`, `Split with behavior ${String(behavior)}`);
  }
  if (type === "Punctuation" && behavior !== "Contiguous") {
    throw unsupported(`${path}.behavior`, `Punctuation with behavior ${String(behavior ?? "Isolated")}`);
  }
}

function checkTemplate(fields: Fields, path: string): void {
  for (const name of ["single", "pair"]) {
    asArray(fields[name], `${path}.${name}`).forEach((value, index) => {
      const itemPath = `${path}.${name}[${index}]`;
      const item = asFields(value, itemPath);
      const [kind] = Object.keys(item);
      if (kind !== "SpecialToken" && kind !== "Sequence") throw invalid(itemPath, "is no part of a template");
      asString(asFields(item[kind], itemPath).id, `${itemPath}.id`);
    });
  }
}

export function unsupported(path: string, what: string): UnsupportedError {
  return new UnsupportedError(`tokenizer.json: ${what} is not supported.`, {
    subject: path,
    cure: "Text would come out as other tokens than the model was trained with, so the file is refused.",
  });
}
