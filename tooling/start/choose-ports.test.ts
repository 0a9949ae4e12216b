import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { choosePorts, NOWHERE } from "./choose-ports.ts";
import type { StartOptions } from "./options.ts";
import { freePort } from "./ports.ts";
import type { SavedState } from "./saved-state.ts";

const open: Server[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function takePort(): Promise<number> {
  const server = createServer();
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

const asked = (ports: Partial<StartOptions["ports"]>): StartOptions => ({
  root: "/checkout",
  data: "/checkout/.holdfast",
  dev: false,
  agent: true,
  databaseUrl: null,
  ports: { web: null, gateway: null, hosted: null, page: null, rest: null, kmip: null, metrics: null, ...ports },
});

const state = (given: Partial<SavedState>): SavedState => ({
  ports: {},
  founded: false,
  passwords: { owner: "", app: "", identity: "" },
  ...given,
});

describe("the ports of npm start", () => {
  it("move to the next free one when another program has them, and say which program", async () => {
    const taken = await takePort();
    const said: string[] = [];
    const ports = await choosePorts(asked({ page: taken }), state({}), (text) => said.push(text));
    expect(ports.page).not.toBe(taken);
    expect(said.join("\n")).toContain(`Port ${taken} is used by`);
    expect(said.join("\n")).toContain(`process ${process.pid}`);
  });

  it("never move the key server's page once an environment was founded there, but name who is in the way", async () => {
    const taken = await takePort();
    const founded = state({ founded: true, ports: { page: taken } });
    await expect(choosePorts(asked({}), founded, () => undefined)).rejects.toMatchObject({
      message: expect.stringContaining(`process ${process.pid}`),
      next: expect.stringContaining("never moves it"),
    });
  });

  it("leave the hosted page unserved rather than move it from where passkeys may belong", async () => {
    const taken = await takePort();
    const founded = state({ founded: true, ports: { hosted: taken, page: await freePort() } });
    const said: string[] = [];
    const ports = await choosePorts(asked({}), founded, (text) => said.push(text));
    expect(ports.hosted).toBe(NOWHERE);
    expect(said.join("\n")).toContain(`Port ${taken} is used by`);
    expect(said.join("\n")).toContain("the hosted approval page is not served this time");
  });

  it("refuse to found at one address and serve at another", async () => {
    const [was, wanted] = [await freePort(), await freePort()];
    const founded = state({ founded: true, ports: { page: was } });
    await expect(choosePorts(asked({ page: wanted }), founded, () => undefined)).rejects.toMatchObject({
      message: expect.stringContaining(`port ${was}`),
    });
  });

  it("say at every start which of them stayed where they had to move once, and how to move them back", async () => {
    const rest = await freePort();
    const said: string[] = [];
    await choosePorts(asked({}), state({ ports: { rest } }), (text) => said.push(text));
    expect(said.join("\n")).toContain(
      `stays at port ${rest}, where it was; \`npm start -- --rest-port 7443\` moves it.`,
    );
  });

  it("are those of the last start", async () => {
    const before = { web: await freePort(), gateway: await freePort(), rest: await freePort() };
    expect(await choosePorts(asked({}), state({ ports: before }), () => undefined)).toMatchObject(before);
  });
});
