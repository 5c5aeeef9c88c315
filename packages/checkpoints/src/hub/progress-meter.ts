/** How far a fetch is. Sizes are of all files that it needs; what the cache holds already counts as received. */
export interface HubProgress {
  /** The file under way, by its path in the repository. */
  readonly file: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
  /** Over the last seconds; 0 where nothing came yet. */
  readonly bytesPerSecond: number;
  /** Undefined while nothing comes. */
  readonly secondsLeft: number | undefined;
}

/** The rate is that of so many ms: long enough to be calm, short enough to follow the network. */
const WINDOW = 5000;
/** Between two reports, in ms. */
const INTERVAL = 100;

export class ProgressMeter {
  readonly #report: ((progress: HubProgress) => void) | undefined;
  readonly #now: () => number;
  #file = "";
  #received = 0;
  #total = 0;
  #reportedAt = Number.NEGATIVE_INFINITY;
  /** Bytes that came over the network, and when. */
  #arrivals: { at: number; bytes: number }[] = [];

  constructor(report: ((progress: HubProgress) => void) | undefined, now: () => number = () => performance.now()) {
    this.#report = report;
    this.#now = now;
  }

  /** So many bytes more are needed. */
  expect(bytes: number): void {
    this.#total += bytes;
  }

  begin(file: string): void {
    this.#file = file;
  }

  /** They were on the disk already; negative where they turned out to be worth nothing. */
  found(bytes: number): void {
    this.#received += bytes;
  }

  /** They came over the network. */
  arrived(bytes: number): void {
    const at = this.#now();
    this.#received += bytes;
    this.#arrivals.push({ at, bytes });
    if (at - this.#reportedAt >= INTERVAL) this.report();
  }

  report(): void {
    const at = this.#now();
    this.#reportedAt = at;
    this.#arrivals = this.#arrivals.filter((arrival) => at - arrival.at <= WINDOW);
    const [first, ...later] = this.#arrivals;
    const seconds = first === undefined ? 0 : (at - first.at) / 1000;
    const rate = seconds > 0 ? later.reduce((sum, { bytes }) => sum + bytes, 0) / seconds : 0;
    const left = this.#total - this.#received;
    this.#report?.({
      file: this.#file,
      receivedBytes: this.#received,
      totalBytes: this.#total,
      bytesPerSecond: rate,
      secondsLeft: left === 0 ? 0 : rate > 0 ? left / rate : undefined,
    });
  }
}
