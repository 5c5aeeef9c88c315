import { describe, expect, it } from "vitest";
import { retryAfter } from "./retry-after.js";

describe("the pause that an answer asks for", () => {
  const now = Date.parse("Wed, 21 Oct 2026 07:28:00 GMT");
  it.each([
    [{ "Retry-After": "7" }, 7000],
    [{ "Retry-After": "0" }, 0],
    [{ "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT" }, 30_000],
    [{ "Retry-After": "Wed, 21 Oct 2026 07:00:00 GMT" }, 0],
    [{ RateLimit: '"api";r=0;t=55' }, 55_000],
    [{ "Retry-After": "soon" }, undefined],
    [{}, undefined],
  ])("is read from %j", (headers: Record<string, string>, expected) => {
    expect(retryAfter(new Headers(headers), now)).toBe(expected);
  });
});
