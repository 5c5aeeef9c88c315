import type { ProgressMeter } from "@anabranch/checkpoints";
import { AnabranchError } from "@anabranch/core";
import { KeptFiles } from "../storage/kept-files.js";
import { Landing } from "../storage/landing.js";
import { openShelf } from "../storage/open-shelf.js";
import { ask } from "./ask.js";
import { download } from "./download.js";
import type { RemotePlace } from "./remote-place.js";
import { sameVersion, versionOf } from "./version.js";

/** How files are fetched, and who hears of it. */
export interface Fetching {
  readonly headers: Readonly<Record<string, string>>;
  readonly keep: boolean;
  readonly refresh: boolean;
  readonly signal: AbortSignal | undefined;
  readonly meter: ProgressMeter;
  readonly warn: (warning: string) => void;
}

/** The files of a place, from storage where they are kept there, or else from their server. */
export class PlaceFiles {
  private constructor(
    readonly place: RemotePlace,
    private readonly fetching: Fetching,
    private kept: KeptFiles | undefined,
  ) {}

  /** Where storage cannot be had, that is a warning. */
  static async open(place: RemotePlace, fetching: Fetching): Promise<PlaceFiles> {
    const files = new PlaceFiles(place, fetching, undefined);
    if (!fetching.keep) return files;
    try {
      files.kept = await KeptFiles.open(await openShelf(place.address), place.address);
    } catch (cause) {
      files.#keepNothing(cause);
    }
    return files;
  }

  /** @throws HubError, IoError, AbortedError */
  async get(file: string): Promise<Blob> {
    const known = this.kept?.get(file);
    if (known && (!this.fetching.refresh || (await this.#isCurrent(file, known)))) {
      const blob = await this.kept?.read(known);
      if (blob !== undefined) {
        this.#found(file, blob.size);
        return blob;
      }
    }
    return this.#fetch(file);
  }

  /** Undefined where there is no such file. @throws as {@link get} */
  async find(file: string): Promise<Blob | undefined> {
    if (this.kept?.get(file) === null && !this.fetching.refresh) return undefined;
    try {
      return await this.get(file);
    } catch (error) {
      if (!AnabranchError.isInstance(error, "HUB_NOT_FOUND")) throw error;
      await this.#note(file, null);
      return undefined;
    }
  }

  /** Frees storage of what is no file of this place any more. */
  async close(): Promise<void> {
    await this.kept?.tidy().catch(() => undefined);
  }

  async #isCurrent(file: string, known: Parameters<typeof sameVersion>[0]): Promise<boolean> {
    return sameVersion(known, versionOf(await ask(this.place.urlOf(file), this.fetching, "HEAD")));
  }

  async #fetch(file: string): Promise<Blob> {
    const url = this.place.urlOf(file);
    const land = async (bytes: number | undefined) => {
      if (this.kept !== undefined && bytes !== undefined) await this.#checkRoom(bytes);
      return Landing.open(this.kept?.shelf, (cause) => this.#keepNothing(cause));
    };
    const { landing, version } = await download({ ...this.fetching, url, file, land });
    const blob = await landing.finish();
    if (landing.isKept) await this.#note(file, { stored: landing.stored, bytes: blob.size, ...version });
    return blob;
  }

  #found(file: string, bytes: number): void {
    const { meter } = this.fetching;
    meter.begin(file);
    meter.expect(bytes);
    meter.found(bytes);
    meter.report();
  }

  async #note(...entry: Parameters<KeptFiles["set"]>): Promise<void> {
    try {
      await this.kept?.set(...entry);
    } catch (cause) {
      this.#keepNothing(cause);
    }
  }

  /** A browser says how much it would take, before gigabytes are on their way. */
  async #checkRoom(bytes: number): Promise<void> {
    const { quota, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
    if (quota === undefined || usage + bytes <= quota) return;
    this.#keepNothing(new Error(`there is room for ${quota - usage} bytes more, and this file has ${bytes}`));
  }

  #keepNothing(cause: unknown): void {
    this.kept = undefined;
    const why = cause instanceof Error ? cause.message : String(cause);
    this.fetching.warn(`${this.place.address} is not kept for the next time: ${why.replace(/\.$/, "")}.`);
  }
}
