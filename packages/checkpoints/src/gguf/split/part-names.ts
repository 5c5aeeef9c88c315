/** What llama.cpp calls the parts of a model: "name-00002-of-00003.gguf". */
const PART = /^(.*)-\d{5}-of-(\d{5})(\.gguf)$/is;

/** The files of a model that was cut into parts, in order, by the name of any of them; any other name alone. */
export function ggufPartNames(path: string): readonly string[] {
  const [, before, count = "1", ending] = PART.exec(path) ?? [];
  if (before === undefined || Number(count) === 0) return [path];
  const number = (index: number): string => String(index + 1).padStart(count.length, "0");
  return Array.from({ length: Number(count) }, (_, index) => `${before}-${number(index)}-of-${count}${ending}`);
}
