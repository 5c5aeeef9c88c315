import { expect, it } from "vitest";
import { FeedBuffers } from "./feed-buffers.js";

it("gives a shape the tensor that it had, whatever shapes came between", () => {
  const buffers = new FeedBuffers();
  const [one, five] = [buffers.floats("x", [1, 1]), buffers.floats("x", [1, 5])];
  expect(buffers.floats("x", [1, 5])).toBe(five);
  const again = buffers.floats("x", [1, 1]);
  expect(buffers.floats("x", [1, 1])).toBe(again);
  // The first was too small a room for the second, and is another's now.
  expect(again).not.toBe(one);
  expect(buffers.floats("y", [1, 5])).not.toBe(five);
});

it("keeps an input's numbers from shape to shape", () => {
  const buffers = new FeedBuffers();
  buffers.ints("x", [4]).data.set([1, 2, 3, 4]);
  expect([...buffers.ints("x", [2]).data]).toEqual([1, 2]);
  buffers.ints("x", [1, 3]).data.fill(7);
  expect([...buffers.ints("x", [4]).data]).toEqual([7, 7, 7, 4]);
});
