import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { CliError } from "./cli-error.ts";
import { askLine, endedWith } from "./terminal.ts";

const asked = (typed: string | null) => {
  const terminal = { input: new PassThrough(), output: new PassThrough() };
  terminal.output.once("data", () =>
    setImmediate(() => (typed === null ? terminal.input.end() : terminal.input.write(typed))),
  );
  return askLine("Well? ", terminal);
};

describe("a question at the terminal", () => {
  test("is answered by one line", async () => {
    expect(await asked("yes\r")).toBe("yes");
  });

  test.each([
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
    ["a terminal that goes away", null],
  ] as const)("is ended by %s as a person's own end, no fault of the program", async (_, typed) => {
    await expect(asked(typed)).rejects.toMatchObject({ code: "E_STOPPED", message: "Stopped. Nothing was done." });
  });

  test("in the middle of something says what was done and what not; a fault stays what it is", async () => {
    const ended = endedWith("Stopped. The record is there.", "Take it away.", () => asked("\u0003"));
    await expect(ended).rejects.toMatchObject({ code: "E_STOPPED", message: "Stopped. The record is there." });
    const fault = new CliError("E_FILE", "Gone.", "Look.");
    await expect(endedWith("Stopped.", "", () => Promise.reject(fault))).rejects.toBe(fault);
  });
});
