import { COMMITTED, type PassRow } from "../contract/index.js";

/** A row of a sequence's whole text: the committed rows are a chain, the rows of a pass hang below it. */
export interface TextRow {
  readonly token: number;
  /** Index of the row that this one follows, or COMMITTED for the first. */
  readonly parent: number;
  readonly streams: boolean;
}

/** A committed row: its parent is the one before it. */
export interface CommittedRow {
  readonly token: number;
  /** In shared mode a row that carried streams saw them, so it carries them in every recomputation. */
  readonly streams: boolean;
}

/** The committed rows and below them the rows of a pass, as if all of it were one pass of an empty sequence. */
export function wholeText(committed: readonly CommittedRow[], rows: readonly PassRow[]): TextRow[] {
  const before = committed.length;
  return [
    ...committed.map(({ token, streams }, index) => ({ token, streams, parent: index - 1 })),
    ...rows.map(({ token, parent, streams = false }) => ({
      token,
      streams,
      parent: parent === COMMITTED ? before - 1 : before + parent,
    })),
  ];
}
