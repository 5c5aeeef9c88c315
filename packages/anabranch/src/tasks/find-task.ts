import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError, IoError } from "@anabranch/core";
import { e2eTask } from "./e2e.js";
import { instructTask } from "./instruct/instruct.js";
import { mtBenchTask } from "./mt-bench.js";
import { sqlTasks } from "./sql/sql.js";
import type { Task } from "./task.js";

const tasks: readonly Task[] = [e2eTask, ...sqlTasks, instructTask, mtBenchTask];

export const taskNames = tasks.map((task) => task.name);

/** @throws InvalidArgumentError for a name that is not a task's. */
export function findTask(name: string): Task {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task !== undefined) return task;
  throw new InvalidArgumentError(`There is no task "${name}".`, {
    subject: "task",
    cure: `Use: ${taskNames.join(", ")}.`,
  });
}

/**
 * The folder of data sets: the one given, else $ANABRANCH_DATA, else `../shared/data` beside the working folder.
 * @throws IoError when it is not there.
 */
export function findData(given: string | undefined): string {
  const folder = resolve(given ?? process.env["ANABRANCH_DATA"] ?? "../shared/data");
  if (existsSync(folder)) return folder;
  throw new IoError(`There is no data folder ${folder}.`, {
    subject: folder,
    cure: "Pass --data, or set ANABRANCH_DATA, to a folder that holds a folder for each task: e2e/train.csv and the like.",
  });
}
