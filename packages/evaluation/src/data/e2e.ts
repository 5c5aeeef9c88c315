/** One row of an E2E NLG file: what to say, and one person's way of saying it. */
export interface E2eRow {
  /** The meaning representation, e.g. `name[The Eagle], food[Italian]`. */
  readonly meaning: string;
  readonly reference: string;
}

/** A meaning representation with every reference that the file has for it. */
export interface E2eExample {
  readonly meaning: string;
  /** In file order, at least one. */
  readonly references: readonly string[];
}

/**
 * Gathers the references of each meaning representation, in the order in which the meanings first appear.
 *
 * Rows of one meaning need not be neighbours: in the training file they are not.
 */
export function groupByMeaning(rows: Iterable<E2eRow>): E2eExample[] {
  const groups = new Map<string, string[]>();
  for (const { meaning, reference } of rows) {
    const references = groups.get(meaning);
    if (references === undefined) groups.set(meaning, [reference]);
    else references.push(reference);
  }
  return Array.from(groups, ([meaning, references]) => ({ meaning, references }));
}

/**
 * The text that a model is given for a meaning representation: the representation itself, byte for byte.
 *
 * Training and evaluation both go through here, so that they cannot drift apart. Special tokens around it belong to
 * the model's template and are added by the caller.
 */
export function renderE2ePrompt(meaning: string): string {
  return meaning;
}
