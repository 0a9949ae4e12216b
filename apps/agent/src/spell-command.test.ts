import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandLineTo, spellCommand, spellCommands } from "./spell-command.ts";

describe("a command in a text for people", () => {
  it.each([
    [{ dataDirectory: "/srv/agent" }, "npx holdfast-agent claim --data /srv/agent"],
    [{ dataDirectory: "/srv/agent", admin: "/srv/agent/admin.sock" }, "npx holdfast-agent claim --data /srv/agent"],
    [
      { dataDirectory: "/srv/agent", admin: "/run/a.sock" },
      "npx holdfast-agent claim --data /srv/agent --admin /run/a.sock",
    ],
    [{ admin: "/run/a.sock" }, "npx holdfast-agent claim --admin /run/a.sock"],
    [{}, "npx holdfast-agent claim"],
  ])("reaches the agent at %j: %s", (place, spelled) => {
    expect(spellCommand("claim", commandLineTo(place))).toBe(spelled);
  });

  it.each(["/home/ada/My keys", "/srv/it's", "/tmp/$(id)", "~/x", "/a;b"])(
    "survives a shell with %s",
    (dataDirectory) => {
      const spelled = spellCommand("claim", commandLineTo({ dataDirectory }));
      const shell = spawnSync("sh", ["-c", `npx() { printf '%s\\n' "$@"; }; ${spelled}`], { encoding: "utf8" });
      expect(shell.stdout.trim().split("\n")).toEqual(["holdfast-agent", "claim", "--data", dataDirectory]);
    },
  );

  it("is completed wherever it stands between backquotes, but for one that is complete", () => {
    const as = commandLineTo({ dataDirectory: "d" });
    const text = "See `holdfast-agent key list`, `client list` or `holdfast-agent --help`; holdfast-agent is running.";
    expect(spellCommands(text, as)).toBe(
      "See `npx holdfast-agent key list --data d`, `client list` or `npx holdfast-agent --help`; holdfast-agent is running.",
    );
  });
});
