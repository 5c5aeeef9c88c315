import { describe, expect, it } from "vitest";
import { type HubProgress, ProgressMeter } from "./progress-meter.js";

describe("progress", () => {
  it("has the rate of the last seconds and the time left, now and then", () => {
    let ms = 0;
    const seen: HubProgress[] = [];
    const meter = new ProgressMeter(
      (progress) => seen.push(progress),
      () => ms,
    );
    meter.expect(10_000);
    meter.begin("a");
    meter.found(1000);
    meter.report();
    expect(seen.at(-1)).toEqual({
      file: "a",
      receivedBytes: 1000,
      totalBytes: 10_000,
      bytesPerSecond: 0,
      secondsLeft: undefined,
    });
    for (ms = 10; ms <= 2000; ms += 10) meter.arrived(10); // 1000 bytes a second
    expect(seen.length).toBeLessThan(25);
    ms = 2000;
    meter.report();
    expect(seen.at(-1)).toMatchObject({ receivedBytes: 3000, bytesPerSecond: 1000, secondsLeft: 7 });

    ms = 20_000; // What came long ago says nothing of the rate now.
    meter.report();
    expect(seen.at(-1)).toMatchObject({ bytesPerSecond: 0, secondsLeft: undefined });

    meter.arrived(7000);
    meter.report();
    expect(seen.at(-1)).toMatchObject({ receivedBytes: 10_000, secondsLeft: 0 });
  });
});
