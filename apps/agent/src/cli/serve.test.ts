import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../local-page/testing/page-caller.ts";
import { CommandLineRun } from "./testing/command-line-run.ts";

let line: CommandLineRun;
beforeAll(async () => {
  line = new CommandLineRun();
  await line.run("init", "--standalone");
}, 60_000);
afterAll(() => line.close());

const alone = ["--rest", "off", "--page", "off"];

describe("serving a data folder", () => {
  it("says in one line where everything is", async () => {
    const port = await freePort();
    const served = await line.serve(["--rest", `127.0.0.1:${port}`, "--kmip", "127.0.0.1:0", "--page", "off"]);
    expect(served.ready).toMatchObject({
      ...{ ready: true, sealed: false, rest: `https://127.0.0.1:${port}`, page: null, metrics: null },
      ...{
        kmip: expect.stringMatching(/^kmip:\/\/127[.]0[.]0[.]1:[1-9]\d+$/),
        aws: null,
        vault: null,
        admin: line.path("data/admin.sock"),
      },
    });
    expect(await served.stop()).toBe(0);
  });

  it.each<[string, NodeJS.Signals[]]>([
    ["one signal", ["SIGTERM"]],
    ["the same signal twice", ["SIGTERM", "SIGTERM"]],
    ["Ctrl-C and its supervisor", ["SIGINT", "SIGINT", "SIGTERM", "SIGHUP"]],
  ])("stops in order at %s: exit code 0, no socket and no open log of the store left", async (_, signals) => {
    const served = await line.serve(alone);
    expect(await served.stop(...signals)).toBe(0);
    expect(existsSync(line.path("data/admin.sock"))).toBe(false);
    expect(existsSync(line.path("data/agent.db-wal"))).toBe(false);
  });

  it("is refused to a second process, and the first goes on", async () => {
    const served = await line.serve(alone);
    const second = await line.run(
      "serve",
      ...alone,
      "--metrics",
      "off",
      "--kmip",
      "off",
      "--admin",
      line.path("data/b.sock"),
    );
    expect([second.code, second.stdout]).toEqual([1, ""]);
    expect((await line.run("status")).code).toBe(0);
    expect(await served.stop()).toBe(0);
  });

  it("speaks TLS at the page only where the page has a name, and leaves it out without its certificate, which stops no start", async () => {
    const page = ["--rest", "off", "--kmip", "off", "--page", "127.0.0.1:0"];
    const folder = ["--page-tls", line.path("nothing")];
    expect(await line.run("serve", ...page, "--page-origin", "http://a.localhost:1", ...folder)).toMatchObject({
      code: 2,
    });
    const served = await line.serve([...page, "--page-origin", "https://keys.example.com", ...folder]);
    const { checks } = JSON.parse((await line.run("doctor")).stdout) as { checks: { result: string; what: string }[] };
    expect(checks).toContainEqual(
      expect.objectContaining({ result: "bad", what: expect.stringContaining("E_CERT_FORM") }),
    );
    expect(await served.stop()).toBe(0);
  });

  it("is told what this host refuses, which is never what only takes away", async () => {
    for (const act of ["key.suspend", "nothing"])
      expect(await line.run("serve", ...alone, "--deny", act)).toMatchObject({ code: 2, stdout: "" });
    const served = await line.serve([...alone, "--deny", "key.destroy,export.wrap", "--deny", "roster.update"]);
    const { stdout } = await line.run("status");
    expect(JSON.parse(stdout)).toMatchObject({ denied: ["export.wrap", "key.destroy", "roster.update"] });
    expect(await served.stop()).toBe(0);
  });

  it("goes on after it was killed", async () => {
    const killed = await line.serve(alone);
    expect(await killed.stop("SIGKILL")).toBeNull();
    const served = await line.serve(alone);
    expect((await line.run("audit", "verify")).code).toBe(0);
    expect(await served.stop()).toBe(0);
  });
});
