import { afterAll, expect, test } from "vitest";
import { CommandLineRun, PROGRAM } from "./testing/command-line-run.ts";

const line = new CommandLineRun();
afterAll(() => line.close());

/** Runs a command at a shell, its output (1) or errors (2) into a pipe whose reader has ended before. */
function unread(channel: 1 | 2, ...words: string[]) {
  const command = `exec 3> >(:); wait $!; "$0" "$@" ${channel}>&3; code=$?; exec 3>&-; echo "exit $code"`;
  return line.spawn("bash", ["-c", command, process.execPath, PROGRAM, ...words]);
}

test("a command whose output nobody reads any more ends quietly, as it would have ended", {
  timeout: 60_000,
}, async () => {
  for (const words of [["--help"], ["--version", "--json"], ["key", "list", "--help"]]) {
    const { stdout, stderr } = await unread(1, ...words);
    expect([words, stdout, stderr]).toEqual([words, "exit 0\n", ""]);
  }
  const refused = await unread(2, "status");
  expect(refused.stdout).toBe("exit 1\n");
});
