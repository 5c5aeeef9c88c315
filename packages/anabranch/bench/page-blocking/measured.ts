/** How a page's own thread fared during some work. */
export interface Measured {
  readonly name: string;
  readonly seconds: number;
  /** Times that it came round. */
  readonly ticks: number;
  /** Milliseconds that one of them was late at most. */
  readonly longest: number;
  /** Tasks of 50 ms and more, as the browser counts them. */
  readonly longTasks: number;
}
