import { ARRIVED, FAILED, GENERATION, SLEEPERS } from "./step-codes";

/**
 * Sleeps until the word at an address is said to have changed, for a second at most, in which another thread may have failed.
 * It is JavaScript's Atomics.wait: after `memory.atomic.wait32` the baseline compiler of V8 11 (Node 20) has lost a local,
 * since it saves the 4 bytes of the address as 8.
 */
@external("env", "sleep")
declare function sleep(address: usize, value: i32): void;

/**
 * Waits until all threads are here. A thread spins first, since the others are mostly a few microseconds away, and then
 * sleeps, since they may share its processor.
 *
 * @param patience how many times a thread looks before it sleeps; negative where it must never, as on a page's own thread
 */
export function meet(sync: usize, threads: i32, patience: i32): void {
  if (threads < 2) return;
  const generation = atomic.load<i32>(at(sync, GENERATION));
  if (atomic.add<i32>(at(sync, ARRIVED), 1) == threads - 1) {
    atomic.store<i32>(at(sync, ARRIVED), 0);
    atomic.store<i32>(at(sync, GENERATION), generation + 1);
    if (atomic.load<i32>(at(sync, SLEEPERS)) != 0) atomic.notify(at(sync, GENERATION), -1);
  } else {
    waitWhile(sync, GENERATION, generation, patience);
  }
}

/** @throws (traps) once another thread has failed, for whom nobody need wait */
export function waitWhile(sync: usize, word: i32, value: i32, patience: i32): void {
  const address = at(sync, word);
  for (let looked = 0; looked != patience; looked++) {
    if (atomic.load<i32>(address) != value) return;
    if ((looked & 0xffff) == 0xffff && atomic.load<i32>(at(sync, FAILED)) != 0) unreachable();
  }
  atomic.add<i32>(at(sync, SLEEPERS), 1);
  while (atomic.load<i32>(address) == value) {
    if (atomic.load<i32>(at(sync, FAILED)) != 0) unreachable();
    sleep(address, value);
  }
  atomic.sub<i32>(at(sync, SLEEPERS), 1);
}

@inline
export function at(sync: usize, word: i32): usize {
  return sync + <usize>word * 4;
}
