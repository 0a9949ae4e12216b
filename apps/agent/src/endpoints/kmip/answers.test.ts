import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { TestClient } from "../../operations/testing/open-test-domain.ts";
import type { KmipSession } from "./kmip-answerer.ts";
import { KmipTestConnection, requestMessage, resultMessage } from "./testing/kmip-client.ts";
import { ALL, startTestKmip, type TestKmip } from "./testing/start-test-kmip.ts";

/** What the answerer of these tests does with a message, by the byte it is filled with. */
const [ECHO, HOLD, THROW, REJECT] = [0, 1, 2, 3];

let kmip: TestKmip;
let client: TestClient;
let held: (() => void)[] = [];
let asked: { fill: number | undefined; session: KmipSession }[] = [];
beforeAll(async () => {
  kmip = await startTestKmip({
    limits: { pipelined: 8, unsentBytes: 64 * 1024 },
    answer(message, session) {
      const fill = message[8];
      asked.push({ fill, session });
      if (fill === THROW) throw new TypeError("a secret of the client");
      if (fill === REJECT) return Promise.reject(new TypeError("a secret of the client"));
      if (fill === HOLD) return new Promise((resolve) => held.push(() => resolve(message)));
      return message;
    },
  });
  client = await kmip.domain.enrol("database", ALL);
});
afterAll(() => kmip.close());
afterEach(() => {
  for (const release of held) release();
  held = [];
  asked = [];
});

describe("the requests of one connection", () => {
  test("are answered in their order, whatever each waits for", async () => {
    const connection = await KmipTestConnection.open(kmip.url, client);
    const sent = [
      requestMessage(8, HOLD),
      requestMessage(16, ECHO),
      requestMessage(24, HOLD),
      requestMessage(32, ECHO),
    ];
    connection.send(...sent);
    await kmip.until(() => held.length === 2);
    held[1]?.();
    held[0]?.();
    for (const message of sent) expect(await connection.receive()).toEqual(message);
    connection.close();
  });

  test("are begun as they arrive, and no more of them at a time than may be under way", async () => {
    const connection = await KmipTestConnection.open(kmip.url, client);
    const sent = Array.from({ length: 30 }, (_, index) => requestMessage(8 * (index + 1), HOLD));
    connection.send(...sent);
    await kmip.until(() => held.length === 8);
    expect(asked).toHaveLength(8);
    for (const message of sent) {
      await kmip.until(() => held.length > 0);
      held.shift()?.();
      expect(await connection.receive()).toEqual(message);
    }
    connection.close();
  });

  test("share the connection's object, and are each of the client as it is then", async () => {
    const [one, two] = [
      await KmipTestConnection.open(kmip.url, client),
      await KmipTestConnection.open(kmip.url, client),
    ];
    await one.ask();
    await one.ask();
    await two.ask();
    const sessions = asked.map(({ session }) => session);
    expect(new Set(sessions.map(({ connection }) => connection)).size).toBe(2);
    expect(sessions[0]?.connection).toBe(sessions[1]?.connection);
    for (const { caller, encoding } of sessions)
      expect([caller.client.id, caller.from, encoding]).toEqual([client.id, "127.0.0.1", "ttlv"]);
    one.close();
    two.close();
  });

  test("that fail inside are answered by a failure that says nothing of why, and the next is served", async () => {
    const connection = await KmipTestConnection.open(kmip.url, client);
    for (const fill of [THROW, REJECT]) {
      const answer = (await connection.ask(requestMessage(16, fill))) ?? Buffer.alloc(0);
      expect(resultMessage(answer)).toBe("The request failed inside the key server.");
      expect(await connection.ask(requestMessage(16, ECHO))).toEqual(requestMessage(16, ECHO));
    }
    const faults = kmip.log.filter((line) => line.includes("kmip.fault"));
    expect(faults).toHaveLength(2);
    expect(faults.join()).not.toContain("secret");
    connection.close();
  });
});

describe("answers that are not taken", () => {
  test("stop the reading of requests, and all are sent once they are taken", async () => {
    const connection = await KmipTestConnection.open(kmip.url, client);
    connection.socket.pause();
    const message = requestMessage(64 * 1024, ECHO);
    for (let n = 0; n < 400; n += 1) connection.send(message);
    let before = -1;
    await kmip.until(() => {
      const stopped = asked.length === before && asked.length > 0;
      before = asked.length;
      return stopped;
    });
    expect(asked.length).toBeLessThan(400);
    const other = await KmipTestConnection.open(kmip.url, client);
    expect(await other.ask()).toEqual(requestMessage());
    connection.socket.resume();
    for (let n = 0; n < 400; n += 1) expect((await connection.receive())?.length).toBe(message.length);
    connection.close();
    other.close();
  });
});

test("the endpoint's address is absolute, and a pool of connections is counted while it is open", async () => {
  expect(kmip.url).toMatch(/^kmip:\/\/127[.]0[.]0[.]1:\d+$/);
  await kmip.until(({ open, strangers }) => open === 0 && strangers === 0);
  const pool = await Promise.all(Array.from({ length: 20 }, () => KmipTestConnection.open(kmip.url, client)));
  await kmip.until(({ open }) => open === 20);
  for (const each of pool) each.close();
  await kmip.until(({ open, strangers }) => open === 0 && strangers === 0);
});
