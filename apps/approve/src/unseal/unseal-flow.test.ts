import { expect, test } from "vitest";
import { progressText } from "./unseal-flow.ts";

test("who comes to give a share reads how many have been given and are still needed", () => {
  expect(progressText({ given: 0, needed: 3, of: 5 })).toBe(
    "It takes 3 of 5 shares. None has been given yet; 3 are still needed.",
  );
  expect(progressText({ given: 2, needed: 3, of: 5 })).toBe(
    "It takes 3 of 5 shares. 2 have been given; 1 is still needed.",
  );
});
