import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CommandLineRun, PROGRAM } from "./testing/command-line-run.ts";

/** Opens a terminal of its own for one program (util-linux). */
const SCRIPT = "/usr/bin/script";
const WIPED = "\u001b[2J\u001b[3J\u001b[H";
const INIT = ["init", "--standalone", "--unseal", "shares:2of3"];

describe.runIf(existsSync(SCRIPT))("at a terminal", () => {
  let line: CommandLineRun;
  beforeAll(() => {
    line = new CommandLineRun();
  });
  afterAll(() => line.close());

  test("Ctrl-C while a share is shown takes it from the screen, ends with 130 and leaves nothing behind", async () => {
    const terminal = open(line);
    await terminal.says("Press Enter to see the share");
    terminal.type("\r");
    await terminal.says("Written down, number and 24 words?");
    terminal.type("\u0003");
    expect(await terminal.ended).toBe(130);
    expect(terminal.afterShare()).toContain(WIPED);
    expect(existsSync(line.path("data"))).toBe(false);
  });

  test("a new passphrase that is too short is refused before it is asked for again", async () => {
    const terminal = open(line, ["init", "--standalone", "--unseal", "passphrase"]);
    await terminal.says("Passphrase that will unseal this agent: ");
    terminal.type("short\r");
    await terminal.says("E_PASSPHRASE_WEAK");
    expect(await terminal.ended).toBe(1);
    expect(terminal.all()).not.toContain("again:");
    expect(existsSync(line.path("data"))).toBe(false);
  });

  test.each(["SIGTERM", "SIGHUP"] as const)(
    "%s while a share is shown takes it from the screen too",
    async (signal) => {
      const terminal = open(line);
      await terminal.says("Press Enter to see the share");
      terminal.type("\r");
      await terminal.says("Written down, number and 24 words?");
      process.kill(terminal.pid(), signal);
      expect(await terminal.ended).toBe(130);
      expect(terminal.afterShare()).toContain(WIPED);
      expect(existsSync(line.path("data"))).toBe(false);
    },
  );
});

interface Screen {
  readonly says: (words: string) => Promise<void>;
  readonly type: (keys: string) => void;
  readonly pid: () => number;
  readonly all: () => string;
  /** What came on the screen after the last share. */
  readonly afterShare: () => string;
  readonly ended: Promise<number | null>;
}

function open(line: CommandLineRun, words = INIT): Screen {
  const command = `echo pid=$$; exec "${process.execPath}" "${PROGRAM}" ${words.join(" ")}`;
  const child: ChildProcess = spawn(SCRIPT, ["-qec", command, "/dev/null"], {
    ...{ cwd: line.root, env: { ...line.environment(), SHELL: "/bin/sh" }, stdio: ["pipe", "pipe", "inherit"] },
  });
  let screen = "";
  const waiting = new Set<() => void>();
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    for (const look of waiting) look();
  });
  return {
    says: (words) =>
      new Promise((resolve) => {
        const look = () => {
          if (!screen.includes(words)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    type: (keys) => child.stdin?.write(keys),
    all: () => screen,
    pid: () => Number(/pid=(\d+)/.exec(screen)?.[1]),
    afterShare: () => screen.slice(screen.lastIndexOf("Written down")),
    ended: new Promise((resolve) => child.once("close", resolve)),
  };
}
