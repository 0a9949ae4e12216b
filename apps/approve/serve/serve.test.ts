import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPage } from "../build-page.mjs";
import { loadHostedPage } from "./hosted-page.ts";
import { makeServer } from "./make-server.ts";
import { readSettings } from "./settings.ts";

const ORIGIN = "https://approve.example";
const DASHBOARD = "https://app.example";

let folder: string;
let built: Awaited<ReturnType<typeof buildPage>>;
let server: ReturnType<typeof makeServer>;
const at = () => pathToFileURL(`${folder}/`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-hosted-"));
  built = await buildPage("hosted");
  writeFileSync(join(folder, "hosted.html"), built.html);
  writeFileSync(join(folder, "hosted.json"), JSON.stringify(built.hashes));
  server = makeServer(loadHostedPage(DASHBOARD, at()), ORIGIN);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}, 60_000);
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function call(path: string, { method = "GET", host = "approve.example" }: { method?: string; host?: string } = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const sent = request({ port, path, method, headers: { host }, setHost: false, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on("error", reject);
    sent.end(method === "POST" ? "x".repeat(100_000) : undefined);
  });
}

describe("the hosted page's process", () => {
  it("serves the built page with the dashboard's origin in it, and a policy under which it speaks to nobody", async () => {
    const { status, headers, text } = await call("/");
    expect(status).toBe(200);
    expect(text).toBe(
      built.html.replace('"holdfast-dashboard" content=""', `"holdfast-dashboard" content="${DASHBOARD}"`),
    );
    const policy = String(headers["content-security-policy"]).split("; ");
    expect(policy).toEqual(
      expect.arrayContaining([
        ...[
          "default-src 'none'",
          "connect-src 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
        ],
        ...[`script-src '${built.hashes.script}'`, `style-src '${built.hashes.style}'`],
        ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
      ]),
    );
    expect(policy.join()).not.toContain("unsafe");
    expect(headers).toMatchObject({
      ...{ "cache-control": "no-store", "referrer-policy": "no-referrer", "x-frame-options": "DENY" },
      ...{ "cross-origin-opener-policy": "same-origin", "x-content-type-options": "nosniff" },
    });
    expect(headers["strict-transport-security"]).toMatch(/max-age=\d+/);
    expect(headers["set-cookie"]).toBeUndefined();
  });

  it.each([
    ["/healthz", 200],
    ["/?x", 404],
    ["/index.html", 404],
    ["/approve", 404],
    ["/../dist/hosted.json", 404],
    ["/healthz/", 404],
  ])("answers %s with %i: two addresses are all there is", async (path, status) => {
    const answer = await call(path);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-security-policy"]).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])("takes nothing: %s is answered 405", async (method) => {
    expect(await call("/", { method })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  });

  it.each(["evil.example", "127.0.0.1", "approve.example:81", "app.approve.example", "approve.example."])(
    "is at one host name: %s gets 421 for every address",
    async (host) => {
      for (const path of ["/", "/healthz"]) expect((await call(path, { host })).status).toBe(421);
    },
  );

  it("does not start with a page that was altered or is not there", () => {
    const other = mkdtempSync(join(tmpdir(), "holdfast-hosted-"));
    const place = pathToFileURL(`${other}/`);
    expect(() => loadHostedPage(DASHBOARD, place)).toThrow(expect.objectContaining({ code: "E_BUILD" }));
    writeFileSync(join(other, "hosted.html"), built.html.replace("<main>", "<main >"));
    writeFileSync(join(other, "hosted.json"), JSON.stringify(built.hashes));
    expect(() => loadHostedPage(DASHBOARD, place)).toThrow(expect.objectContaining({ code: "E_BUILD" }));
    rmSync(other, { recursive: true });
  });
});

describe("a hosted page's process that is full", () => {
  it("serves everybody while one stranger holds all its connections and never ends a call", async () => {
    const full = makeServer(loadHostedPage(DASHBOARD, at()), ORIGIN, 8);
    await new Promise<void>((resolve) => full.listen(0, "127.0.0.1", resolve));
    const { port } = full.address() as AddressInfo;
    const held = Array.from({ length: 9 }, () =>
      connect(port, "127.0.0.1", function (this: Socket) {
        this.write("GET / HTTP/1.1\r\nHost: approve.example\r\nX: ");
      }).on("error", () => undefined),
    );
    await Promise.race(held.map((socket) => once(socket.resume(), "close")));
    const statuses = await Promise.all(
      ["127.0.0.1", "127.0.0.2"].map(
        (localAddress) =>
          new Promise<number | undefined>((resolve, reject) => {
            const headers = { host: "approve.example" };
            const sent = request({ port, localAddress, headers, setHost: false, agent: false }, (response) => {
              response.resume();
              resolve(response.statusCode);
            });
            sent.once("error", reject).end();
          }),
      ),
    );
    expect(statuses).toEqual([200, 200]);
    full.closeAllConnections();
    await new Promise((resolve) => full.close(resolve));
  });
});

describe("where the hosted page may be", () => {
  const good = { HOLDFAST_HOSTED_ORIGIN: ORIGIN, HOLDFAST_ORIGIN: DASHBOARD, HOLDFAST_RP_ID: "app.example" };

  it("is on a name of its own, on this machine too", () => {
    expect(readSettings(good)).toMatchObject({ host: "127.0.0.1", port: 3002, origin: ORIGIN, dashboard: DASHBOARD });
    const here = { HOLDFAST_HOSTED_ORIGIN: "http://approve.localhost:3002", HOLDFAST_ORIGIN: "http://localhost:3000" };
    expect(readSettings({ ...here, HOLDFAST_RP_ID: "localhost", HOLDFAST_HOSTED_LISTEN: "[::1]:8080" })).toMatchObject({
      ...{ host: "::1", port: 8080, origin: "http://approve.localhost:3002" },
    });
  });

  it.each([
    ["the dashboard's own name", { HOLDFAST_HOSTED_ORIGIN: DASHBOARD }],
    ["the same name at another port", { HOLDFAST_HOSTED_ORIGIN: `${DASHBOARD}:3002` }],
    [
      "a name below the sign-in's RP ID",
      { HOLDFAST_RP_ID: "approve.example", HOLDFAST_HOSTED_ORIGIN: "https://a.approve.example" },
    ],
    [
      "a name above the dashboard's",
      { HOLDFAST_HOSTED_ORIGIN: "https://example.com", HOLDFAST_ORIGIN: "https://app.example.com" },
    ],
    ["plain http elsewhere", { HOLDFAST_HOSTED_ORIGIN: "http://approve.example" }],
    ["an address with more than an origin", { HOLDFAST_HOSTED_ORIGIN: `${ORIGIN}/page` }],
    ["nothing", { HOLDFAST_HOSTED_ORIGIN: "" }],
    ["a dashboard that is none", { HOLDFAST_ORIGIN: "javascript:alert(1)" }],
    ["no port to listen at", { HOLDFAST_HOSTED_LISTEN: "3002" }],
  ])("is not %s", (_, given) => {
    expect(() => readSettings({ ...good, ...given })).toThrow(expect.objectContaining({ code: "CONFIGURATION" }));
  });
});
