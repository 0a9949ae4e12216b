import { describe, expect, test } from "vitest";
import { RateLimit } from "./rate-limit.ts";

describe("somebody who floods the gateway", () => {
  test("row 105: is refused E_RATE after 1,200 requests of an agent or 12,000 of an address in a minute; others are not", () => {
    const rates = new RateLimit();
    const refused = expect.objectContaining({ code: "E_RATE" });
    for (let sent = 0; sent < 1_200; sent += 1) rates.countAgent("busy");
    expect(() => rates.countAgent("busy")).toThrow(refused);
    for (let sent = 0; sent < 12_000; sent += 1) rates.countAddress("192.0.2.1");
    expect(() => rates.countAddress("192.0.2.1")).toThrow(refused);
    expect(() => rates.countAgent("192.0.2.1")).not.toThrow();
    expect(() => rates.countAgent("other")).not.toThrow();
    expect(() => rates.countAddress("192.0.2.2")).not.toThrow();
  });
});
