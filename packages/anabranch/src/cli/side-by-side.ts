import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { colours } from "./colours.js";
import type { Recording } from "./recording.js";

export interface Side {
  readonly title: string;
  readonly recording: Recording;
}

const widest = 120;

/**
 * Two recordings beside each other as they stood after some milliseconds: tokens of the main stream plain, drafted and
 * accepted ones green.
 */
export function sideBySide(sides: readonly [Side, Side], milliseconds: number, columns: number): string {
  const width = Math.floor(Math.min(columns, widest) / 2);
  const row = (of: (side: Side) => string): string => beside(of(sides[0]), of(sides[1]), width);
  return [
    row(({ title }) => colours.bold(title)),
    row(({ recording }) => textAt(recording, milliseconds)),
    row(({ recording }) => colours.dim(countAt(recording, milliseconds))),
  ].join("\n");
}

/** Two texts in columns of `width`, wrapped. */
function beside(left: string, right: string, width: number): string {
  const [a, b] = [left, right].map((text) => wrapAnsi(text, width - 2, { hard: true }).split("\n")) as [
    string[],
    string[],
  ];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, line) => {
    const first = a[line] ?? "";
    return `${first}${" ".repeat(width - stringWidth(first))}${b[line] ?? ""}`;
  }).join("\n");
}

function textAt({ passes }: Recording, milliseconds: number): string {
  const pieces = passes.filter(({ at }) => at <= milliseconds).flatMap((pass) => pass.pieces);
  return pieces.map(({ text, fromDraft }) => (fromDraft ? colours.green(shown(text)) : shown(text))).join("");
}

/** Control characters would move the cursor out of the columns. */
function shown(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, "\uFFFD");
}

function countAt({ passes }: Recording, milliseconds: number): string {
  const done = passes.filter(({ at }) => at <= milliseconds);
  const tokens = done.reduce((sum, pass) => sum + pass.pieces.length, 0);
  const refused = done.reduce((sum, pass) => sum + pass.refused, 0);
  const time = `${(done.at(-1)?.at ?? 0).toFixed(1)} ms`;
  return `${done.length} passes, ${tokens} tokens, ${time}${refused > 0 ? `, ${refused} refused` : ""}`;
}
