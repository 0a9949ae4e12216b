import { expect, test } from "vitest";
import { createLogger } from "../logger.ts";
import { faultFields } from "./fault-fields.ts";

test("a fault's line says when it was logged and where it arose, and not what its message says", () => {
  const lines: string[] = [];
  const cause = Object.assign(new RangeError("a client's secret"), { code: "ERR_X" });
  createLogger(
    (line) => lines.push(line),
    () => 0,
  ).error("kmip.fault", faultFields(cause));
  expect(JSON.parse(lines.join())).toEqual({
    ...{ at: "1970-01-01T00:00:00.000Z", level: "error", event: "kmip.fault", name: "RangeError", code: "ERR_X" },
    place: expect.stringContaining("fault-fields.test.ts"),
  });
  expect(lines.join()).not.toContain("secret");
});
