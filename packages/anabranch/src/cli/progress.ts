import type { HubProgress } from "@anabranch/checkpoints/node";
import type { RunProgress } from "@anabranch/evaluation";
import type { TrainProgress } from "@anabranch/training";
import { Presets, SingleBar } from "cli-progress";
import type { CalibrateProgress } from "../calibrate/calibrate-model.js";

/** A progress bar on standard error; on a stream that is no terminal it prints a line now and then. */
function startableBar(format: string) {
  const options = { format, stream: process.stderr, hideCursor: true, noTTYOutput: true, notTTYSchedule: 10_000 };
  const bar = new SingleBar(options, Presets.shades_grey);
  let started = false;
  return {
    update(done: number, total: number, payload: Record<string, string>): void {
      if (started) {
        bar.setTotal(total); // One bar serves several passages, each with a total of its own.
        bar.update(done, payload);
      } else bar.start(total, done, payload);
      started = true;
    },
    stop(): void {
      if (started) bar.stop();
    },
  };
}

/** Progress of a download from the hub. */
export function downloadBar() {
  const bar = startableBar("{bar} {percentage}% of {size} MB | {file} | {rate} MB/s | {left} left");
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return {
    update({ file, receivedBytes, totalBytes, bytesPerSecond, secondsLeft }: HubProgress): void {
      bar.update(receivedBytes, totalBytes, {
        file,
        size: megabytes(totalBytes),
        rate: megabytes(bytesPerSecond),
        left: secondsLeft === undefined ? "-" : duration(secondsLeft),
      });
    },
    stop: bar.stop,
  };
}

/** Before the first token there is none. */
const rate = (perSecond: number): string => (Number.isFinite(perSecond) ? perSecond.toFixed(0) : "-");

/** Progress of paired timing rounds. */
export function roundsBar() {
  const bar = startableBar("{bar} {value}/{total} runs | {side} {rate} tokens/s | {eta_formatted} left");
  return {
    update: ({ done, total, side, tokensPerSecond }: RunProgress): void =>
      bar.update(done, total, { side, rate: rate(tokensPerSecond) }),
    stop: bar.stop,
  };
}

/** Progress of measuring what calls cost. */
export function calibrationBar() {
  const bar = startableBar("{bar} {value}/{total} rounds | {left} left");
  return {
    update: ({ done, total, secondsLeft }: CalibrateProgress): void =>
      bar.update(done, total, { left: duration(secondsLeft) }),
    stop: bar.stop,
  };
}

/** Progress of texts that are decoded and compared. */
export function checkBar() {
  const bar = startableBar("{bar} {value}/{total} texts | {rate} tokens/s | {eta_formatted} left");
  return {
    update: (done: number, total: number, tokensPerSecond: number): void =>
      bar.update(done, total, { rate: rate(tokensPerSecond) }),
    stop: bar.stop,
  };
}

/** Progress of the model's answering training prompts. */
export function answersBar() {
  const bar = startableBar("{bar} {value}/{total} answers | {eta_formatted} left");
  return { update: (done: number, total: number): void => bar.update(done, total, {}), stop: bar.stop };
}

/** Progress of training: rate, loss by stream (the main stream's first), held-out acceptance, time left. */
export function trainingBar() {
  const bar = startableBar("{bar} {value}/{total} | {rate} rows/s | loss {losses} | held out {heldOut} | {left} left");
  let heldOut = "-";
  return {
    update(progress: TrainProgress): void {
      const { step, steps, losses, rowsPerSecond, secondsLeft } = progress;
      if (progress.heldOut !== undefined) {
        const { accuracies, acceptance } = progress.heldOut;
        heldOut = `${accuracies.map((share) => share.toFixed(2)).join(" ")}, ${acceptance.toFixed(2)} tokens a step`;
      }
      bar.update(step, steps, {
        rate: rowsPerSecond.toFixed(0),
        losses: losses.map((loss) => loss.toFixed(2)).join(" "),
        heldOut,
        left: duration(secondsLeft),
      });
    },
    stop: bar.stop,
  };
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
