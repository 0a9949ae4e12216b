import { readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAdmin } from "../admin/admin-server.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { startControlLink } from "../control-link/start-control-link.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { AgentPages } from "../local-page/agent-pages.ts";
import { AgentNotices } from "../notices/agent-notices.ts";
import { CommandLineRun } from "./testing/command-line-run.ts";

let test: PasskeyAgent;
let line: CommandLineRun;
let listener: Listener;
beforeAll(async () => {
  test = await PasskeyAgent.found();
  line = new CommandLineRun();
  const urls = { rest: null, kmip: null, page: null, metrics: null };
  const link = startControlLink({ agent: test.agent, urls: () => urls });
  listener = await startAdmin(
    {
      agent: test.agent,
      link,
      pages: await AgentPages.start({ agent: test.agent, plan: null, admin: line.path("a.sock"), sans: [] }),
      notices: new AgentNotices({ agent: test.agent, link }),
      places: () => ({ urls, linked: null }),
    },
    line.path("a.sock"),
  );
});
afterAll(async () => {
  await listener.close();
  await line.close();
  await test.close();
});

const run = (...words: string[]) => line.run(...words, "--admin", line.path("a.sock"));

/** Resolves as soon as a command waits at the agent that did not before. */
async function nextWaiting(known: readonly string[]) {
  const found = () => test.domain.admission.pending().find(({ hash }) => !known.includes(hash));
  await expect.poll(found, { timeout: 15_000 }).toBeDefined();
  return found() as { hash: string };
}
const waiting = () => test.domain.admission.pending().map(({ hash }) => hash);

describe("the command line of a domain with passkeys", () => {
  it("proposes, prints the hash and where to approve as one document, and exits 3", async () => {
    const { code, json } = await run("key", "create", "--name", "orders");
    expect(code).toBe(3);
    const [hash] = waiting();
    expect(json).toMatchObject({ pending: hash });
    expect(json.approveUrl).toMatch(new RegExp(`/approve#${hash}$`));
    expect([...test.domain.keystore.keys()]).toHaveLength(0);
  });

  it("with --wait ends with the result once a passkey has approved, and exits 0", async () => {
    const known = waiting();
    const running = run("key", "create", "--name", "awaited", "--wait");
    await test.touch([await nextWaiting(known)]);
    const { code, json } = await running;
    expect(code).toBe(0);
    expect(JSON.stringify(json)).toContain("awaited");
    expect([...test.domain.keystore.keys()].map(({ label }) => label)).toEqual(["awaited"]);
  });

  it("with --wait writes a new client's files when a passkey has approved, its key for this user only", async () => {
    const known = waiting();
    const words = ["app", "--cert", line.path("app"), "--grant", "encrypt on group:default", "--wait"];
    const running = run("client", "create", ...words);
    await test.touch([await nextWaiting(known)]);
    const { code, json } = await running;
    expect(code).toBe(0);
    expect(json.files).toHaveLength(3);
    expect(statSync(line.path("app/client.key")).mode & 0o777).toBe(0o600);
    expect(readFileSync(line.path("app/client.key"), "utf8")).toContain("PRIVATE KEY");
  });

  it("with --wait exits 1 with a code and a next step when a passkey has rejected", async () => {
    const known = waiting();
    const running = run("key", "create", "--name", "unwanted", "--wait");
    await test.touch([await nextWaiting(known)], 2);
    const { code, stdout, json } = await running;
    expect([code, stdout]).toEqual([1, ""]);
    expect(json.error).toMatchObject({ code: "E_CANCELLED", next: expect.stringMatching(/\S/) });
  });

  it("cannot cancel what waits without a passkey: it says so, names the page, and calls nothing pending", async () => {
    const [hash = ""] = waiting();
    const { code, json } = await run("command", "cancel", hash);
    expect(code).toBe(3);
    expect(json).toEqual({ hash, cancelled: false, approveUrl: expect.stringContaining(`/approve#${hash}`) });
    expect(waiting()).toContain(hash);
  });
});
