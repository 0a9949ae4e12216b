import { afterEach, describe, expect, test } from "vitest";
import type { TestClient } from "../../operations/testing/open-test-domain.ts";
import type { KmipLimits } from "./limits.ts";
import { KmipTestConnection, requestMessage } from "./testing/kmip-client.ts";
import { ALL, startTestKmip, type TestKmip } from "./testing/start-test-kmip.ts";

const HOLD = 1;

let kmip: TestKmip;
let held: (() => void)[] = [];
afterEach(async () => {
  for (const release of held) release();
  held = [];
  await kmip.close();
});

async function start(limits: Partial<KmipLimits>): Promise<TestClient> {
  kmip = await startTestKmip({
    limits,
    answer: (message) => (message[8] === HOLD ? new Promise((done) => held.push(() => done(message))) : message),
  });
  return kmip.domain.enrol("database", ALL);
}

const open = (client: TestClient) => KmipTestConnection.open(kmip.url, client);

describe("when a new connection finds no room", () => {
  test("the one that was idle longest is closed, not one that was used since", async () => {
    const client = await start({ connections: 3 });
    const [one, two, three] = [await open(client), await open(client), await open(client)];
    for (const each of [one, two, three, one]) expect(await each.ask()).toEqual(requestMessage());
    const four = await open(client);
    expect((await two.ended()).length).toBe(0);
    for (const each of [one, three, four]) expect(await each.ask()).toEqual(requestMessage());
    expect(kmip.refused("connections")).toBe(1);
    for (const each of [one, three, four]) each.close();
  });

  test("a client that has too many loses its own, and no other client's", async () => {
    const many = await start({ perClient: 2 });
    const few = await kmip.domain.enrol("few", ALL);
    const other = await open(few);
    expect(await other.ask()).toEqual(requestMessage());
    const mine = [await open(many), await open(many), await open(many), await open(many)];
    for (const each of mine.slice(0, 2)) expect((await each.ended()).length).toBe(0);
    for (const each of [...mine.slice(2), other]) expect(await each.ask()).toEqual(requestMessage());
    expect(kmip.refused("connections-of-client")).toBe(2);
    for (const each of [...mine, other]) each.close();
  });

  test("and none is idle, it is the new one that is closed", async () => {
    const client = await start({ connections: 2 });
    const [one, two] = [await open(client), await open(client)];
    for (const each of [one, two]) each.send(requestMessage(16, HOLD));
    await kmip.until(() => held.length === 2);
    const three = await open(client);
    expect((await three.ended()).length).toBe(0);
    for (const release of held) release();
    for (const each of [one, two]) expect(await each.receive()).toEqual(requestMessage(16, HOLD));
    one.close();
    two.close();
  });

  test("a peer that is no client closes nobody's", async () => {
    const client = await start({ connections: 1 });
    const left = await kmip.domain.enrol("left", ALL);
    kmip.domain.revoke(left.id);
    const own = await open(client);
    for (const who of [left, { ca: client.ca }]) {
      const stranger = await KmipTestConnection.open(kmip.url, who);
      await stranger.ask();
      await stranger.ended();
    }
    expect(await own.ask()).toEqual(requestMessage());
    own.close();
  });
});

describe("time", () => {
  test("a connection without requests is ended in order when it was idle long, and is kept while it is used", async () => {
    const client = await start({ idleMs: 400 });
    const [used, idle] = [await open(client), await open(client)];
    const use = setInterval(() => used.send(requestMessage()), 50);
    expect((await idle.ended()).length).toBe(0);
    expect(idle.socket.readableEnded).toBe(true);
    expect(used.socket.writable).toBe(true);
    clearInterval(use);
    expect(kmip.refused("idle")).toBe(1);
    used.close();
  });

  test("waiting for an answer is not being idle, nor being slow", async () => {
    const client = await start({ idleMs: 200, messageMs: 200, stallMs: 200 });
    const [waiting, idle] = [await open(client), await open(client)];
    waiting.send(requestMessage(16, HOLD));
    await kmip.until(() => held.length === 1);
    await idle.ended();
    held[0]?.();
    expect(await waiting.receive()).toEqual(requestMessage(16, HOLD));
    waiting.close();
  });
});

describe("closing the endpoint", () => {
  test("answers what was asked, ends every connection in order and takes no new one", async () => {
    const client = await start({});
    const [asking, idle] = [await open(client), await open(client)];
    asking.send(requestMessage(16, HOLD));
    await kmip.until(() => held.length === 1);
    const closing = kmip.close();
    expect((await idle.ended()).length).toBe(0);
    await expect(open(client)).rejects.toThrow();
    held[0]?.();
    expect(await asking.receive()).toEqual(requestMessage(16, HOLD));
    await closing;
    kmip.close = async () => {};
  });

  test("waits for nobody long: what is never answered ends with it", async () => {
    const client = await start({ lingerMs: 200 });
    const asking = await open(client);
    asking.send(requestMessage(16, HOLD));
    await kmip.until(() => held.length === 1);
    await kmip.close();
    await asking.ended();
    kmip.close = async () => {};
  });
});

describe("an agent that is sealed", () => {
  test("says so on open and new connections, and serves on them once unsealed", async () => {
    const client = await start({});
    const early = await open(client);
    expect(await early.ask()).toEqual(requestMessage());
    kmip.domain.agent.seal();
    const late = await open(client);
    for (const each of [early, late])
      expect((await each.ask())?.toString("latin1")).toContain("The key server is sealed.");
    await kmip.domain.agent.unseal();
    for (const each of [early, late]) expect(await each.ask()).toEqual(requestMessage());
    early.close();
    late.close();
  });
});
