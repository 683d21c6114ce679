// One round of training, timed: training.py in JavaScript.

const SHORTEST_WARM_UP = 0.5; // seconds, so that compilers have done their work

const now = () => performance.now() / 1000;

/** The digits of digits.json as minibatches: arrays of images, Float32Array, from 0 to 1. */
export const readMinibatches = async (size) => {
  const { images, pixels } = await (await fetch("digits.json")).json();
  const bytes = Uint8Array.from(atob(images), (letter) => letter.charCodeAt(0));
  const minibatches = [];
  for (let start = 0; start < bytes.length; start += size * pixels) {
    minibatches.push(
      Array.from({ length: size }, (_, i) =>
        Float32Array.from(bytes.subarray(start + i * pixels, start + (i + 1) * pixels), (v) => v / 255),
      ),
    );
  }
  return minibatches;
};

/** Takes steps, and says how many it took in how long.
 *
 * `step(number)` trains on the minibatch of a number that grows without end; `lossOfLast()` gives
 * the mean loss of the last one, and waits until it has been computed. */
export const timed = async (step, lossOfLast, { warm_up, seconds }) => {
  let updates = 0;
  let loss = 0;
  let start = now();
  while (updates < warm_up || now() - start < SHORTEST_WARM_UP) {
    step(updates);
    updates += 1;
    if (updates === warm_up) loss = await lossOfLast();
  }
  const first = updates;
  await lossOfLast();
  start = now();
  while (now() - start < seconds) {
    step(updates);
    updates += 1;
  }
  await lossOfLast();
  return { updates: updates - first, seconds: now() - start, loss };
};
