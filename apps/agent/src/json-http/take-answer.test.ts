import { request } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeAnswer } from "./take-answer.ts";

/** What the server does with a call, by its path. */
const WAYS: Readonly<Record<string, (socket: Socket) => void>> = {
  "/whole": (socket) => socket.end("HTTP/1.1 404 Nothing\r\nContent-Length: 4\r\n\r\nnone"),
  "/other": (socket) => socket.write("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
  "/trickle": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    const drip = setInterval(() => socket.write("."), 5);
    socket.once("close", () => clearInterval(drip));
  },
  "/silent": () => undefined,
  "/cut": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"),
  "/closed": (socket) => socket.end(),
  "/large": (socket) => socket.write(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(2048)}`),
};

let server: Server;
beforeAll(async () => {
  server = createServer((socket) =>
    socket.on("error", () => undefined).once("data", (head) => WAYS[head.toString().split(" ")[1] ?? ""]?.(socket)),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = (path: string, withinMs = 60_000) =>
  takeAnswer(request({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, path, agent: false }), {
    ...{ withinMs, maxBytes: 1024 },
  });

describe("an answer that is waited for", () => {
  it("is given whole, whatever its status", async () => {
    const headers = { "content-length": "4" };
    expect(await ask("/whole")).toEqual({ status: 404, headers, body: Buffer.from("none") });
  });

  it("is waited for no longer than said: neither where nothing comes, nor where it trickles without an end", async () => {
    for (const path of ["/silent", "/trickle"])
      await expect(ask(path, 60)).rejects.toMatchObject({ why: "no whole answer within 0.06 s" });
  });

  it.each([
    ["/other", "it switches to another protocol"],
    ["/large", "its answer is larger than 1 KiB"],
    ["/cut", "ECONNRESET"],
    ["/closed", "ECONNRESET"],
  ])("is none where the server does not end one (%s)", async (path, why) => {
    await expect(ask(path)).rejects.toMatchObject({ name: "NoAnswer", why });
  });
});
