import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readOptions } from "./options.ts";
import { StartError } from "./start-error.ts";

describe("the options of npm start", () => {
  it("keep everything in .holdfast of the checkout unless told otherwise", () => {
    expect(readOptions([], "/checkout", {}).data).toBe("/checkout/.holdfast");
    expect(readOptions(["--data", "/elsewhere"], "/checkout", {}).data).toBe("/elsewhere");
    expect(readOptions([], "/checkout", { HOLDFAST_START_DATA: "/there" }).data).toBe("/there");
  });

  it("are no business of HOLDFAST_DATA, which names a key server's data folder to its own commands", () => {
    expect(readOptions([], "/checkout", { HOLDFAST_DATA: "/var/lib/holdfast" }).data).toBe("/checkout/.holdfast");
  });

  it.each(["agent.db", "agent.json"])("keep nothing in a folder that is a key server's own (%s)", (name) => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-start-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    expect(readOptions(["--data", folder], "/checkout", {}).data).toBe(folder);
    writeFileSync(join(folder, name), "");
    expect(() => readOptions(["--data", folder], "/checkout", {})).toThrow(
      expect.objectContaining({ name: "StartError", next: expect.stringContaining("HOLDFAST_START_DATA") }),
    );
    expect(readdirSync(folder)).toEqual([name]);
  });

  it("are all in the help that shows them, the variable of the folder too", () => {
    const help = (() => {
      try {
        return void readOptions(["--no-such"], "/checkout", {});
      } catch (error) {
        return (error as StartError).next;
      }
    })();
    expect(help).toContain("HOLDFAST_START_DATA");
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
