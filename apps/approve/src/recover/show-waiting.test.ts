import { expect, test } from "vitest";
import { leftText } from "./show-waiting.ts";

test("what is left of a wait is said in units that grow finer towards its end", () => {
  expect([259_200, 259_199, 90_000, 86_399, 3_599, 60, 0].map(leftText)).toEqual([
    "3 days left",
    "2 days and 23 hours left",
    "1 day and 1 hour left",
    "23 hours and 59 minutes left",
    "60 minutes left",
    "1 minute left",
    "Any moment now",
  ]);
});
