import type { Version } from "../fetch/version.js";
import type { Shelf } from "./shelf.js";

/** A file that is kept. */
export interface KeptFile extends Version {
  /** Its name on the shelf. */
  readonly stored: string;
  readonly bytes: number;
}

/** What a place is known to hold: a file, or null where its server said that it has none of that name. */
type Listed = KeptFile | null;

const LIST = "list.json";
const FORMAT = 1;

/**
 * A place's files in storage. Only what the list names counts, and it names a file when that is whole: so nothing that was cut
 * short, by an abort or a closed tab, is ever taken for a file.
 */
export class KeptFiles {
  private constructor(
    readonly shelf: Shelf,
    readonly address: string,
    readonly listed: Map<string, Listed>,
  ) {}

  static async open(shelf: Shelf, address: string): Promise<KeptFiles> {
    return new KeptFiles(shelf, address, await readList(shelf, address));
  }

  /** Undefined: nothing is known of it; null: it is known not to be there. */
  get(file: string): Listed | undefined {
    return this.listed.get(file);
  }

  /** The file's bytes; undefined where the browser has dropped them. */
  async read({ stored, bytes }: KeptFile): Promise<Blob | undefined> {
    const blob = await this.shelf.read(stored).catch(() => undefined);
    return blob?.size === bytes ? blob : undefined;
  }

  /** @throws what the storage throws */
  async set(file: string, entry: Listed): Promise<void> {
    this.listed.set(file, entry);
    const bytes = new TextEncoder().encode(
      JSON.stringify({ format: FORMAT, address: this.address, files: [...this.listed] }),
    );
    const list = await this.shelf.create(LIST);
    try {
      await list.write(bytes);
    } finally {
      await list.close();
    }
  }

  /** Removes what the list does not name. */
  async tidy(): Promise<void> {
    const known = new Set([LIST, ...[...this.listed.values()].map((entry) => entry?.stored)]);
    for (const name of await this.shelf.names()) {
      if (!known.has(name)) await this.shelf.remove(name).catch(() => undefined);
    }
  }
}

/** A list that was cut short counts as none. */
async function readList(shelf: Shelf, address: string): Promise<Map<string, Listed>> {
  try {
    const json = JSON.parse((await (await shelf.read(LIST))?.text()) ?? "{}");
    return json.format === FORMAT && json.address === address ? new Map(json.files) : new Map();
  } catch {
    return new Map();
  }
}
