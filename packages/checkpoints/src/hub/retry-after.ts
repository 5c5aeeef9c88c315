/** The pause that an answer asks for, in ms: Retry-After (seconds, or a date), or the `t` of the hub's own RateLimit. */
export function retryAfter(headers: Headers, now: number = Date.now()): number | undefined {
  const wish = headers.get("retry-after")?.trim();
  if (wish !== undefined) {
    if (/^\d+$/.test(wish)) return Number(wish) * 1000;
    const date = Date.parse(wish);
    if (!Number.isNaN(date)) return Math.max(0, date - now);
  }
  const seconds = /(?:^|;)\s*t=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
