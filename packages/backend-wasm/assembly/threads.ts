import { at, waitWhile } from "./meet";
import { runPlan } from "./run-plan";
import { JOBS, PLAN, SLEEPERS } from "./step-codes";

/**
 * Between two plans a worker waits so many times longer than between two steps before it sleeps: a millisecond or two, longer than a
 * step of decoding needs to commit its rows and to draft. A worker that must be woken comes late to a pass, and as late to each head
 * of a draft as its share takes.
 */
const BETWEEN_PLANS = 16;

/** What a worker does: runs its share of every plan until it is given none. */
export function serve(sync: usize, thread: i32, threads: i32, patience: i32): void {
  let jobs = 0;
  while (true) {
    waitWhile(sync, JOBS, jobs, patience * BETWEEN_PLANS);
    jobs = atomic.load<i32>(at(sync, JOBS));
    const plan = atomic.load<usize>(at(sync, PLAN));
    if (plan == 0) return;
    runPlan(plan, sync, thread, threads, patience);
  }
}

/** Runs a plan on all threads; back when it is done. */
export function runOnAll(plan: usize, sync: usize, threads: i32, patience: i32): void {
  giveOut(plan, sync, threads);
  runPlan(plan, sync, 0, threads, patience);
}

/** Wakes all workers for a plan, or with 0 for their end. */
export function giveOut(plan: usize, sync: usize, threads: i32): void {
  if (threads < 2) return;
  atomic.store<usize>(at(sync, PLAN), plan);
  atomic.add<i32>(at(sync, JOBS), 1);
  if (atomic.load<i32>(at(sync, SLEEPERS)) != 0) atomic.notify(at(sync, JOBS), -1);
}
