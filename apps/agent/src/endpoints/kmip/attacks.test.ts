import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { TestClient } from "../../operations/testing/open-test-domain.ts";
import { KmipTestConnection, requestMessage, resultMessage } from "./testing/kmip-client.ts";
import { ALL, startTestKmip, type TestKmip } from "./testing/start-test-kmip.ts";

const MOST = 64 * 1024;

let kmip: TestKmip;
let client: TestClient;
beforeAll(async () => {
  kmip = await startTestKmip({
    limits: {
      ...{ messageBytes: MOST, underWayBytes: 3 * MOST, handshakeMs: 500, messageMs: 500, stallMs: 500, lingerMs: 500 },
      strangersPerAddress: 10,
    },
  });
  client = await kmip.domain.enrol("database", ALL);
});
afterAll(() => kmip.close());
afterEach(async () => {
  // Whatever was tried: others are served.
  await kmip.until(({ strangers }) => strangers < 10);
  const other = await KmipTestConnection.open(kmip.url, client);
  expect(await other.ask()).toEqual(requestMessage());
  other.close();
});

/** Counts what is refused for a reason while something is done. */
async function refusedBy(reason: string, work: () => Promise<void>): Promise<number> {
  const before = kmip.refused(reason);
  await work();
  return kmip.refused(reason) - before;
}

function plainSocket(): Socket {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(kmip.url).port) });
  socket.on("error", () => {});
  socket.resume();
  return socket;
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once("close", () => resolve()));

describe("another protocol is closed and counted", () => {
  test.each([
    ["HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["one byte of HTTP", "P"],
    ["JSON", '{"tag":"RequestMessage","value":[]}'],
    ["XML", "<RequestMessage/>"],
    ["a response message", "B\0\x7b\x01\0\0\0\0"],
    ["a request message that is no structure", "B\0\x78\x02\0\0\0\0"],
    ["nulls", "\0".repeat(64)],
  ])("%s, inside TLS", async (_title, text) => {
    const count = await refusedBy("not-kmip", async () => {
      const connection = await KmipTestConnection.open(kmip.url, client);
      connection.send(Buffer.from(text, "latin1"));
      expect((await connection.ended()).length).toBe(0);
    });
    expect(count).toBe(1);
  });

  test.each([
    ["HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["a bare request message", requestMessage().toString("latin1")],
    ["noise", "Z".repeat(512)],
  ])("%s, without TLS", async (_title, text) => {
    const count = await refusedBy("handshake", async () => {
      const socket = plainSocket();
      socket.write(Buffer.from(text, "latin1"));
      await closed(socket);
    });
    expect(count).toBe(1);
  });

  test("behind a good request, which is answered first", async () => {
    const connection = await KmipTestConnection.open(kmip.url, client);
    connection.send(requestMessage(), Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    expect(await connection.receive()).toEqual(requestMessage());
    expect((await connection.ended()).length).toBe(0);
  });
});

describe("a message that is too large", () => {
  test.each([
    ["by a byte", MOST - 7],
    ["by far", 0x7fffffff],
    ["at the end of what a length can say", 0xffffffff],
  ])("%s is refused by its header, in words, and is the last", async (_title, length) => {
    const connection = await KmipTestConnection.open(kmip.url, client);
    const header = requestMessage(0);
    header.writeUInt32BE(length, 4);
    connection.send(requestMessage(), header, requestMessage(64));
    expect(await connection.receive()).toEqual(requestMessage());
    const refusal = (await connection.receive()) ?? Buffer.alloc(0);
    expect(resultMessage(refusal)).toBe("The request is larger than is taken.");
    expect((await connection.ended()).length).toBe(0);
  });

  test("is refused under the protocol version that it names", async () => {
    const header = Buffer.concat([
      Buffer.from("4200780140000000", "hex"),
      Buffer.from("4200770100000038", "hex"),
      Buffer.from("4200690100000020", "hex"),
      Buffer.from("42006a02000000040000000200000000", "hex"),
      Buffer.from("42006b02000000040000000100000000", "hex"),
    ]);
    const connection = await KmipTestConnection.open(kmip.url, client);
    const refusal = await connection.ask(header);
    expect(refusal?.subarray(24, 56).toString("hex")).toBe(
      "42006a0200000004000000020000000042006b02000000040000000100000000",
    );
    connection.close();
  });

  test("of just the largest size is answered", async () => {
    const connection = await KmipTestConnection.open(kmip.url, client);
    expect((await connection.ask(requestMessage(MOST - 8)))?.length).toBe(MOST);
    connection.close();
  });

  test("together with others' beyond what is held for all is refused as busy, and room comes back", async () => {
    const open = () => KmipTestConnection.open(kmip.url, client);
    const part = requestMessage(MOST - 8).subarray(0, MOST - 1024);
    const parts = [await open(), await open(), await open(), await open()];
    for (const each of parts) each.send(part);
    const first = await Promise.race(parts.map((each) => each.receive()));
    expect(resultMessage(first ?? Buffer.alloc(0))).toBe("Too much is being uploaded at once.");
    for (const each of parts) each.close();
    await kmip.until(({ open: still }) => still === 0);
    const after = await open();
    expect((await after.ask(requestMessage(MOST - 8)))?.length).toBe(MOST);
    after.close();
  });
});

describe("a slow peer is let go while others are served", () => {
  test.each([
    ["a header", requestMessage().subarray(0, 3)],
    ["a message", requestMessage(4096).subarray(0, 100)],
  ])("in the middle of %s, though it sends a byte now and then", async (_title, bytes) => {
    const count = await refusedBy("slow-request", async () => {
      const connection = await KmipTestConnection.open(kmip.url, client);
      connection.send(bytes);
      const drip = setInterval(() => {
        if (connection.socket.writable) connection.socket.write(Buffer.from([bytes.length < 4 ? 1 : 0]));
      }, 100);
      if (bytes.length < 4) clearInterval(drip);
      await connection.ended();
      clearInterval(drip);
    });
    expect(count).toBe(1);
  });

  test("when it takes no answers", async () => {
    const count = await refusedBy("slow-reader", async () => {
      const connection = await KmipTestConnection.open(kmip.url, client);
      connection.socket.pause();
      for (let n = 0; n < 400; n += 1) connection.send(requestMessage(MOST - 8));
      await kmip.until(({ refusals }) => (refusals.get("slow-reader") ?? 0) > 0);
      connection.close();
    });
    expect(count).toBe(1);
  });

  test.each([
    ["says nothing", ""],
    ["stops in the middle of its handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  ])("that %s", async (_title, text) => {
    const count = await refusedBy("handshake", async () => {
      const socket = plainSocket();
      if (text !== "") socket.write(Buffer.from(text, "latin1"));
      await closed(socket);
    });
    expect(count).toBe(1);
  });

  test("that finished its handshake as nobody and asks nothing", async () => {
    const connection = await KmipTestConnection.open(kmip.url, { ca: client.ca });
    expect((await connection.ended()).length).toBe(0);
  });

  test("that goes away in the middle leaves nothing behind", async () => {
    for (let n = 0; n < 20; n += 1) {
      const connection = await KmipTestConnection.open(kmip.url, client);
      connection.send(requestMessage(4096).subarray(0, 2000));
      connection.close();
    }
    await kmip.until(({ open, strangers }) => open === 0 && strangers === 0);
  });
});

describe("connections that are nobody's", () => {
  test("are so many of one address and no more, and end no client's", async () => {
    const own = await KmipTestConnection.open(kmip.url, client);
    const count = await refusedBy("handshakes-of-address", async () => {
      const ends = Array.from({ length: 30 }, () => closed(plainSocket()));
      await kmip.until(
        ({ strangers, refusals }) => strangers === 10 && (refusals.get("handshakes-of-address") ?? 0) >= 20,
      );
      expect(await own.ask()).toEqual(requestMessage());
      await Promise.all(ends);
    });
    expect(count).toBe(20);
    own.close();
  });
});
