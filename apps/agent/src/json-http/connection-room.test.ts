import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type ConnectionLimits, limitConnections, networkOf } from "./connection-room.ts";

const HALF = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
const HALF_BODY = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{";

let server: Server;
const open: Socket[] = [];
let held: (() => void)[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  held = [];
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function serve(limits: ConnectionLimits): Promise<void> {
  server = createServer((incoming, response) => {
    incoming.resume();
    if (incoming.url === "/held") held.push(() => response.end("answered late"));
    else if (incoming.method === "GET") response.end("answered");
  });
  limitConnections(server, limits);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

/** A connection of an address of this machine, once the server has it. */
async function stranger(address: string, bytes: string): Promise<Socket> {
  const taken = once(server, "connection");
  const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", localAddress: address });
  open.push(socket.on("error", () => undefined).resume());
  socket.write(bytes);
  await taken;
  return socket;
}

function answerTo(address: string, path = "/"): Promise<string> {
  return new Promise((resolve) => {
    const { port } = server.address() as AddressInfo;
    const to = { host: "127.0.0.1", port, path, localAddress: address, agent: false };
    const sent = request(to, async (response) => {
      let text = "";
      for await (const part of response) text += String(part);
      resolve(text);
    });
    sent.on("error", () => resolve("closed"));
    sent.end();
  });
}

const ended = (socket: Socket) => (socket.closed ? Promise.resolve() : once(socket, "close"));

describe("a server that is full", () => {
  it.each([
    ["headers that never end", HALF],
    ["a body that never comes", HALF_BODY],
    ["silence after a call", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ])(
    "of one stranger's connections with %s answers that stranger's neighbours and everybody else",
    async (_, bytes) => {
      await serve({ connections: 8, perAddress: 8 });
      const many = [];
      for (let n = 0; n < 8; n += 1) many.push(await stranger("127.0.0.1", bytes));
      expect(await answerTo("127.0.0.1")).toBe("answered");
      expect(await answerTo("127.0.0.2")).toBe("answered");
      await Promise.race(many.map(ended));
      expect(many.filter(({ closed }) => closed).length).toBeLessThanOrEqual(2);
    },
  );

  it("takes from the address that has most, however old another's connection is", async () => {
    await serve({ connections: 4, perAddress: 4 });
    const few = await stranger("127.0.0.2", HALF);
    const many = [];
    for (let n = 0; n < 3; n += 1) many.push(await stranger("127.0.0.1", HALF));
    const reopened = [await stranger("127.0.0.1", HALF), await stranger("127.0.0.3", HALF)];
    await Promise.all(many.slice(0, 2).map(ended));
    expect([few, many[2], ...reopened].map((each) => each?.closed)).toEqual([false, false, false, false]);
  });

  it("lets one address have its share and no more, while there is room for others", async () => {
    await serve({ connections: 8, perAddress: 2 });
    const many = [];
    for (let n = 0; n < 5; n += 1) many.push(await stranger("127.0.0.1", HALF));
    await Promise.all(many.slice(0, 3).map(ended));
    expect(many.slice(3).map(({ closed }) => closed)).toEqual([false, false]);
  });

  it("ends no call that has arrived whole: the next connection finds no room", async () => {
    await serve({ connections: 2, perAddress: 2 });
    const waiting = [answerTo("127.0.0.1", "/held"), answerTo("127.0.0.1", "/held")];
    while (held.length < 2) await once(server, "request");
    expect(await answerTo("127.0.0.1")).toBe("closed");
    expect(await answerTo("127.0.0.2")).toBe("closed");
    for (const release of held) release();
    expect(await Promise.all(waiting)).toEqual(["answered late", "answered late"]);
    expect(await answerTo("127.0.0.2")).toBe("answered");
  });
});

describe("the network that a connection is counted with", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("of %s is %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
