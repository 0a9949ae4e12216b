import { request } from "node:http";
import { request as requestTls } from "node:https";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { newServerRequest } from "../clients/certificate-request.ts";
import { CompanyAuthority } from "../clients/testing/company-authority.ts";
import { createLogger } from "../logger.ts";
import { HttpRefusal } from "./http-refusal.ts";
import { closeJsonServer, type JsonCall, type JsonServerOptions, jsonServer } from "./serve-json.ts";

const lines: string[] = [];
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function serve(options: Partial<JsonServerOptions> = {}): Promise<number> {
  const server = jsonServer({
    logger: createLogger((line) => lines.push(line)),
    maxBodyBytes: 100,
    admit: () => undefined,
    answer: ({ path, body }) => ({ path, body }),
    nextStep: (code) => `next of ${code}`,
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  ended.push(() => closeJsonServer(server));
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** Sends bytes as they are; resolves with everything that came back once the other side has closed. */
function exchange(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
}

const post = (body: string | Uint8Array, more = "") => {
  const bytes = Buffer.from(body as string);
  const head = `POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${bytes.length}\r\n${more}\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
};
const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);

/** The problem document of an answer. */
function problemOf(text: string): Record<string, unknown> {
  expect(text).toContain("content-type: application/problem+json");
  return JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4)) as Record<string, unknown>;
}

describe("a server of JSON calls", () => {
  it("answers a call with JSON", async () => {
    const text = await exchange(await serve(), post('{"a":1}'));
    expect(statusOf(text)).toBe(200);
    expect(text).toContain('{"path":"/a","body":{"a":1}}');
  });

  it.each([
    ["malformed JSON", '{"a":'],
    ["a list", "[1]"],
    ["a number", "7"],
    ["null", "null"],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    ["a byte order mark and nothing", Buffer.from([0xef, 0xbb, 0xbf])],
  ])("refuses %s by a problem document", async (_, body) => {
    const text = await exchange(await serve(), post(body));
    expect(problemOf(text)).toMatchObject({ status: 400, code: "E_SCHEMA" });
  });

  it("refuses a body that is too large while it still arrives, and does not read on", async () => {
    const port = await serve();
    const head = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    const text = await exchange(port, `${head}c8\r\n${"x".repeat(200)}\r\n`);
    expect(problemOf(text)).toMatchObject({ status: 413, code: "E_LIMIT" });
  });

  it.each(["//", "//evil.example/", "http://evil.example/a", "*"])("refuses the target %s", async (target) => {
    const text = await exchange(await serve(), `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(problemOf(text)).toMatchObject({ status: 400, code: "E_SCHEMA" });
  });

  it("looks at a call before its body, and then waits for none of it", async () => {
    const port = await serve({
      admit: () => {
        throw new HttpRefusal(403, "E_PAGE_CALL", "No.");
      },
    });
    const text = await exchange(port, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
    expect(problemOf(text)).toMatchObject({ status: 403, code: "E_PAGE_CALL", detail: "No." });
  });

  it.each([
    ["a body that never comes", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{"],
    ["headers that never end", "POST /a HTTP/1.1\r\nHost: a\r\nX: "],
  ])("closes on %s in time, and answers no 200", async (_, bytes) => {
    const text = await exchange(await serve({ requestMs: 300 }), bytes);
    expect(text === "" || statusOf(text) >= 400).toBe(true);
  });

  it.each([
    ["no HTTP", "hello\r\n\r\n"],
    ["a TLS greeting", Buffer.from("16030100f1010000ed0303", "hex")],
    ["two lengths", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"],
    ["a length and chunks", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"],
    ["headers beyond measure", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}\r\n\r\n`],
    ["an upgrade", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
    ["a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ])("closes on %s without a 200", async (_, bytes) => {
    const text = await exchange(await serve({ requestMs: 300 }), bytes);
    expect(text === "" || statusOf(text) >= 400).toBe(true);
  });

  it("says nothing of what went wrong inside, neither in the answer nor in the log", async () => {
    const secret = "the-root-key-itself";
    const port = await serve({
      answer() {
        throw new TypeError(secret);
      },
    });
    const text = await exchange(port, post("{}"));
    expect(problemOf(text)).toMatchObject({ status: 500, code: "E_INTERNAL", next: "next of E_INTERNAL" });
    expect(text).not.toContain(secret);
    expect(lines.join("\n")).not.toContain(secret);
    expect(lines.at(-1)).toContain("call.failed");
  });

  it("tells whoever still works on a call that its caller has gone", async () => {
    const gone = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const port = await serve({
      answer({ signal }: JsonCall) {
        signal.addEventListener("abort", () => gone.resolve());
        arrived.resolve();
        return gone.promise;
      },
    });
    const socket = connect(port, "127.0.0.1", () => socket.write(post("{}")));
    await arrived.promise;
    socket.destroy();
    await gone.promise;
  });

  it.each([
    ["in the open", false],
    ["over TLS", true],
  ])("answers everybody while one stranger holds more connections than it takes, %s", async (_, isTls) => {
    const company = await CompanyAuthority.make();
    const { csrPem, keyPem } = await newServerRequest(["a.example"], "P-256");
    const port = await serve(isTls ? { tls: { cert: await company.chain(csrPem), key: keyPem } } : {});
    const held: Socket[] = [];
    for (let n = 0; n < 510; n += 1) {
      const socket = connect(port, "127.0.0.1", () => socket.write(isTls ? "" : "GET / HTTP/1.1\r\nHost: a\r\nX: "));
      held.push(socket.on("error", () => undefined).resume());
    }
    await Promise.race(held.map((socket) => new Promise((resolve) => socket.once("close", resolve))));
    try {
      for (const localAddress of ["127.0.0.1", "127.0.0.2"])
        expect(await statusAt({ port, localAddress, isTls, ca: company.rootPem })).toBe(200);
    } finally {
      for (const socket of held) socket.destroy();
    }
  });
});

interface Asked {
  readonly port: number;
  readonly localAddress: string;
  readonly isTls: boolean;
  readonly ca: string;
}

function statusAt({ port, localAddress, isTls, ca }: Asked): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const to = { host: "127.0.0.1", port, localAddress, agent: false, ca, servername: "a.example" };
    const sent = (isTls ? requestTls : request)(to, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once("error", reject).end();
  });
}
