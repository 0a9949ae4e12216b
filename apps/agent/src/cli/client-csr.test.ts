import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ActAnswer, ClientView, TakenAnswer } from "../admin/answers.ts";
import { createAdminClient } from "./admin-client.ts";
import { untimelyWords } from "./client-key.ts";
import { placeFiles } from "./place-files.ts";
import { CommandLineRun, type Served } from "./testing/command-line-run.ts";

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

let line: CommandLineRun;
let served: Served;
beforeAll(async () => {
  line = new CommandLineRun();
  await line.run("init", "--standalone");
  served = await line.serve(["--rest", "127.0.0.1:0", "--page", "off"]);
}, 60_000);
afterAll(() => line.close());

/** A key and its request, made by OpenSSL. */
function newRequest(name: string, ...kind: string[]): { key: string; csr: string } {
  const [key, csr] = [line.path(`${name}.key`), line.path(`${name}.csr`)];
  const words = ["req", "-new", "-newkey", ...kind, "-nodes", "-subj", `/CN=${name}`, "-keyout", key, "-out", csr];
  const { status, stderr } = spawnSync("openssl", words, { encoding: "utf8" });
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  return { key, csr };
}

function create(name: string, ...words: string[]) {
  return line.run("client", "create", name, "--cert", line.path(name), "--grant", "all on own", ...words);
}

/** Asks for random bytes over mutual TLS. @returns the status of the answer */
function ask(key: string, folder: string, maxVersion: "TLSv1.2" | "TLSv1.3"): Promise<number> {
  const read = (name: string) => readFileSync(line.path(folder, name));
  const identity = { cert: read("client.crt"), key: readFileSync(key), ca: read("ca.crt"), maxVersion };
  return new Promise((resolve, reject) => {
    const sent = request(`${served.ready.rest}/v1/keys`, { ...identity, agent: false }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    });
    sent.once("error", reject);
    sent.end();
  });
}

/** Enrols as the command line does, without a process of its own. */
async function enrol(label: string, csr: string): Promise<ClientView> {
  const admin = createAdminClient(line.path("data", "admin.sock"));
  const offer = readFileSync(csr, "utf8");
  const { reference } = await admin.post<TakenAnswer>("/v1/introductions", { kind: "client-key", label, offer });
  const auth = { kind: "own-key", key: reference, validitySec: 86_400 };
  const grants = [{ ops: ["all"], keys: { kind: "own" } }];
  const request = { act: "client.enrol", args: { label, auth, grants }, reason: "", wait: false };
  const { client, files = [] } = await admin.post<ActAnswer>("/v1/act", request);
  mkdirSync(line.path(label));
  placeFiles(line.path(label), files);
  return client ?? expect.unreachable();
}

describe.skipIf(!HAS_OPENSSL)("a client with its own key", () => {
  it.each([
    ["rsa2048", ["rsa:2048"]],
    ["rsa4096", ["rsa:4096"]],
    ["p256", ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]],
    ["p384", ["ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"]],
    ["ed25519", ["ed25519"]],
  ] as const)("%s is certified, and served under TLS 1.2 and 1.3", async (name, kind) => {
    const { key, csr } = newRequest(name, ...kind);
    await enrol(name, csr);
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) expect(await ask(key, name, version)).toBe(200);
  });

  it("renews over mutual TLS with its own new key: the same client, the same grants", async () => {
    const { key, csr } = newRequest("renewing", "rsa:2048");
    const made = await enrol("renewing", csr);
    const next = newRequest("renewed", "rsa:2048");
    const certificate = readFileSync(line.path("renewing", "client.crt"));
    const ca = readFileSync(line.path("renewing", "ca.crt"));
    const status = await new Promise<number>((resolve, reject) => {
      const to = `${served.ready.rest}/v1/certificate/renew`;
      const identity = { cert: certificate, key: readFileSync(key), ca, agent: false, method: "POST" };
      const sent = request(to, { ...identity, headers: { "content-type": "application/json" } }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode ?? 0));
      });
      sent.once("error", reject);
      sent.end(JSON.stringify({ csr: readFileSync(next.csr, "utf8") }));
    });
    expect(status).toBe(200);
    const { clients } = await createAdminClient(line.path("data", "admin.sock")).get<{ clients: ClientView[] }>(
      "/v1/clients",
    );
    const client = clients.find((each) => each.clientId === made.clientId);
    expect(client).toMatchObject({ label: "renewing", grants: made.grants, earlier: [{ spki: made.spki }] });
  });

  it("is given its certificate and no key, once: the same key is refused, and what was introduced for it forgotten", async () => {
    const { csr } = newRequest("once", "rsa:2048");
    const { code, json } = await create("once", "--csr", csr);
    expect([code, json.label]).toEqual([0, "once"]);
    expect(json.files).toEqual([line.path("once", "client.crt"), line.path("once", "ca.crt")]);
    const introduced = () => createAdminClient(line.path("data", "admin.sock")).get("/v1/introductions");
    const before = await introduced();
    expect(await create("twice", "--csr", csr)).toMatchObject({ code: 1, json: { error: { code: "E_PRESTATE" } } });
    expect(await introduced()).toEqual(before);
  }, 60_000);
});

describe.skipIf(!HAS_OPENSSL)("a client of the company's authority", { timeout: 60_000 }, () => {
  it("gets what it trusts the key server by, and the words what else it needs", async () => {
    const { csr } = newRequest("corporate", "rsa:2048");
    const { code, json } = await create("corporate", "--company", "--csr", csr);
    expect(code).toBe(0);
    expect(json.files).toEqual([line.path("corporate", "ca.crt")]);
    expect(readFileSync(line.path("corporate", "ca.crt"), "utf8")).toContain("BEGIN CERTIFICATE");
    expect(json.steps.join()).toContain("--client-ca");
  });

  it("is warned of when its certificate is not valid now, and not otherwise", () => {
    const path = line.path("timely.crt");
    const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=timely", "-days", "2"];
    const made = spawnSync("openssl", [...words, "-keyout", line.path("timely.key"), "-out", path]);
    expect(made.status).toBe(0);
    const text = readFileSync(path, "utf8");
    const day = 86_400_000;
    expect(untimelyWords(text, Date.now() + 5_000)).toBeNull();
    expect(untimelyWords(text, Date.now() + 3 * day)).toContain("ended on");
    expect(untimelyWords(text, Date.now() - day)).toContain("valid from");
  });
});
