import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { createLogger } from "../logger.ts";
import { PageCertificate } from "./page-certificate.ts";
import { startPage } from "./page-server.ts";
import { freePort } from "./testing/page-caller.ts";

const NAME = "keys.example.com";
let agent: PasskeyAgent;
let folder: string;
let port: number;
let shown: number[];
let lines: string[];
const ended: { close(): unknown }[] = [];

beforeEach(async () => {
  agent = await PasskeyAgent.found();
  folder = join(agent.dataDirectory, "page-tls");
  mkdirSync(folder);
  port = await freePort();
  shown = [];
  lines = [];
});
afterEach(async () => {
  for (const each of ended.splice(0)) await each.close();
  await agent.close();
});

/** Writes a certificate of the domain's own authority, as a certificate manager would write another's. */
async function write(name: string): Promise<string> {
  const { certPem, keyPem } = await agent.domain.authority.issueServer([name]);
  writeFileSync(join(folder, "tls.crt"), certPem);
  writeFileSync(join(folder, "tls.key"), keyPem);
  return certPem;
}

function open(): PageCertificate {
  const certificate = PageCertificate.open({
    ...{ folder, origin: `https://${NAME}:${port}`, time: () => agent.clock.now() },
    logger: createLogger((line) => lines.push(line)),
    shown: (notAfter) => shown.push(notAfter),
  });
  ended.push(certificate);
  return certificate;
}

async function serve(certificate: PageCertificate): Promise<void> {
  const origin = `https://${NAME}:${port}`;
  ended.unshift(await startPage({ agent: agent.agent, listen: `127.0.0.1:${port}`, origin, certificate }));
}

/** The authority's clock is the test's: that browsers would trust it now is not what is looked at here. */
const trusting = { rejectUnauthorized: false } as const;

function get(host: string): Promise<{ status: number; text: string }> {
  const to = {
    host: "127.0.0.1",
    port,
    ...trusting,
    servername: NAME,
    headers: { host },
    path: "/approve",
    agent: false,
  } as const;
  return new Promise((resolve, reject) => {
    request(to, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .once("error", reject)
      .end();
  });
}

function serialShown(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, ...trusting, servername: NAME }, () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? "");
      socket.destroy();
    }).once("error", reject);
  });
}

test("the page speaks TLS for exactly its own name, by a certificate in files, and tells when it ends", async () => {
  await write(NAME);
  await serve(open());
  expect(await get(`${NAME}:${port}`)).toMatchObject({ status: 200, text: expect.stringContaining("<script") });
  expect(await get(`other.example.com:${port}`)).toMatchObject({ status: 421 });
  expect(shown).toEqual([expect.any(Number)]);
});

test("renewed files are shown to whoever connects next; files that are no good are not, and the ones before stay", async () => {
  await write(NAME);
  const certificate = open();
  await serve(certificate);
  const before = await serialShown();
  await write("another.example.com");
  certificate.look();
  expect(await serialShown()).toBe(before);
  expect(lines.join()).toContain("E_CERT_NAMES");
  rmSync(join(folder, "tls.key"));
  certificate.look();
  expect(await serialShown()).toBe(before);
  await write(NAME);
  certificate.look();
  expect(await serialShown()).not.toBe(before);
  expect(shown).toHaveLength(2);
});

test("a start without good files is refused by code, with the file's name", async () => {
  const refusal = (): { code?: string; message?: string } => {
    try {
      return open() && {};
    } catch (cause) {
      return cause as { code: string; message: string };
    }
  };
  expect(refusal()).toMatchObject({ code: "E_CERT_FORM", message: expect.stringContaining("tls.crt") });
  const other = await write("another.example.com");
  expect(refusal()).toMatchObject({ code: "E_CERT_NAMES", message: expect.stringContaining(NAME) });
  await write(NAME);
  writeFileSync(join(folder, "tls.crt"), other);
  expect(refusal()).toMatchObject({ code: "E_CERT_KEY" });
  await write(NAME);
  agent.clock.advance(400 * 86_400);
  expect(refusal()).toMatchObject({ code: "E_CERT_TIME" });
  agent.clock.advance(-400 * 86_400);
  writeFileSync(join(folder, "tls.key"), "no key");
  expect(refusal()).toMatchObject({ code: "E_CERT_FORM", message: expect.stringContaining("tls.key") });
  expect(shown).toEqual([]);
});
