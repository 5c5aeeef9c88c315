import { expect, it } from "vitest";
import { strftime } from "./strftime.js";

it("writes dates as Python's strftime does", () => {
  const date = new Date(2026, 0, 4, 15, 7, 9);
  expect(strftime(date, "%d %b %Y")).toBe("04 Jan 2026");
  expect(strftime(date, "%A, %B %-d, %y; %a %m/%e")).toBe("Sunday, January 4, 26; Sun 01/ 4");
  expect(strftime(date, "%H:%M:%S = %I:%M %p, %-I %p")).toBe("15:07:09 = 03:07 PM, 3 PM");
  expect(strftime(new Date(2026, 0, 4), "%I %p %-H")).toBe("12 AM 0");
  expect(strftime(date, "100%% %Q")).toBe("100% %Q");
});
