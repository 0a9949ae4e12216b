import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";
import { StartError } from "./start-error.ts";

describe("the options of npm start", () => {
  it("keep everything in .holdfast of the checkout unless told otherwise", () => {
    expect(readOptions([], "/checkout").data).toBe(process.env.HOLDFAST_DATA ?? "/checkout/.holdfast");
    expect(readOptions(["--data", "/elsewhere"], "/checkout").data).toBe("/elsewhere");
  });

  it("give the gateway the port after the dashboard's", () => {
    const { ports } = readOptions(["--port", "4000"], "/checkout");
    expect([ports.web, ports.gateway, ports.page]).toEqual([4000, 4001, null]);
  });

  it.each(["0", "65535", "-1", "80.5", "many"])("refuse %s as a port and say what a port is", (port) => {
    expect(() => readOptions([`--port=${port}`], "/checkout")).toThrow(StartError);
  });

  it("refuse an option that does not exist and show the ones that do", () => {
    try {
      readOptions(["--prot", "1"], "/checkout");
      expect.unreachable();
    } catch (error) {
      expect((error as StartError).next).toContain("--port N");
    }
  });
});
