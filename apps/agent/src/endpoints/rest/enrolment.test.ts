import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { verifyReport } from "@holdfast/custody-report";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expectObeys, withstand } from "../../admission/testing/withstand.ts";
import { identityOfSecret } from "../../clients/permit-secret.ts";
import { newClientRequest } from "../../clients/testing/new-client-request.ts";
import { openTestDomain, type TestClient, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { makeReport } from "../../report/make-report.ts";
import { systemClock } from "../../self-check/clock.ts";
import type { Listener } from "../served-agent.ts";
import { startRest } from "./start-rest.ts";
import { type Answer, RestClient } from "./testing/rest-client.ts";

const HOUR = 3600;

let shift: number;
let domain: TestDomain;
let rest: Listener;
const lines: unknown[] = [];
beforeEach(async () => {
  shift = 0;
  lines.length = 0;
  const clock = { now: () => systemClock.now() + shift, monotonic: () => systemClock.monotonic() + shift * 1000 };
  const keep = (...line: unknown[]): void => void lines.push(line);
  domain = await openTestDomain({ clock, logger: { info: keep, warn: keep, error: keep } });
  rest = await startRest({ agent: domain.agent, listen: "127.0.0.1:0", sans: [] });
});
afterEach(async () => {
  await rest.close();
  await domain.close();
});

/** A permit with its secret, as the command line makes one. */
interface Permit {
  readonly id: string;
  readonly secret: string;
  readonly ca: string;
}

async function permit(more: object = {}): Promise<Permit> {
  const profile = { most: 2, networks: ["127.0.0.0/8"], validitySec: 12 * HOUR, renewable: false };
  const args = {
    ...{ label: "web", ops: ["decrypt", "encrypt"], group: "default", until: domain.guard.time() + 24 * HOUR },
    ...profile,
    ...more,
  };
  const answer = await domain.admission.act({ act: "client.permit", args, reason: "", wait: true });
  expect(answer.outcome).toBe("applied");
  const file = (name: string): string =>
    Buffer.from(answer.files?.find((each) => each.name === name)?.base64 ?? "", "base64").toString();
  return { id: answer.client?.clientId ?? "", secret: file("enrolment.secret").trim(), ca: file("ca.crt") };
}

async function enrol({ secret, ca }: Pick<Permit, "secret" | "ca">, csr: string): Promise<Answer> {
  const app = new RestClient(rest.url, { ca });
  try {
    return await app.post("/v1/enrol", { secret, csr });
  } finally {
    app.close();
  }
}

/** Comes as a new machine. */
async function enter(by: Permit): Promise<TestClient> {
  const { csr, key } = await newClientRequest();
  const { status, json } = await enrol(by, csr);
  expect([status, json.code]).toEqual([200, undefined]);
  const record = domain.keystore.findClient(json.clientId) ?? expect.unreachable();
  return { id: json.clientId, spki: record.auth.spki, cert: json.certificate, key, ca: json.ca };
}

async function as(client: Partial<TestClient> & { ca: string }, path: string, body: unknown): Promise<Answer> {
  const app = new RestClient(rest.url, client);
  try {
    return await app.post(path, body);
  } finally {
    app.close();
  }
}

const codeOf = async (by: Pick<Permit, "secret" | "ca">): Promise<string> =>
  (await enrol(by, (await newClientRequest()).csr)).json.code;

describe("an enrolment secret", () => {
  test("lets a machine in with a key of its own, for what administrators approved and nothing else", async () => {
    const { id: keyId } = domain.createKey();
    const elsewhere = domain.createKey({ group: "payments" });
    const by = await permit();
    const one = await enter(by);
    const two = await enter(by);
    const body = { plaintext: Buffer.from("hello").toString("base64") };
    const sealed = await as(one, `/v1/keys/${keyId}/encrypt`, body);
    expect(sealed.status).toBe(200);
    expect((await as(two, "/v1/decrypt", { ciphertext: sealed.json.ciphertext })).json.plaintext).toBe(body.plaintext);
    expect((await as(one, `/v1/keys/${elsewhere.id}/encrypt`, body)).json.code).toBe("E_NOT_FOUND");
    expect((await as(one, "/v1/random", { bytes: 1 })).json.code).toBe("E_GRANT");
    expect((await as(one, "/v1/certificate/renew", {})).status).toBe(200);
    const { notAfter, label } = domain.keystore.findClient(one.id) ?? expect.unreachable();
    expect(label).toBe("web 1");
    expect(Date.parse(new X509Certificate(one.cert).validTo) / 1000).toBe(notAfter);
    shift = 12 * HOUR + 1;
    await expect.poll(async () => (await as(one, "/v1/random", { bytes: 1 })).json.code).toMatch(/E_CLIENT/);
  });

  test("gives the same request the same certificate, and counts it once", async () => {
    const by = await permit({ most: 1 });
    const { csr } = await newClientRequest();
    const first = await enrol(by, csr);
    const { size } = domain.log;
    expect((await enrol(by, csr)).json).toEqual(first.json);
    expect(domain.log.size).toBe(size);
    expect(await codeOf(by)).toBe("E_PERMIT_OVER");
  });

  test("lets in as many as it is for, however many ask at once", async () => {
    const by = await permit({ most: 3 });
    const requests = await Promise.all(Array.from({ length: 8 }, () => newClientRequest()));
    const answers = await Promise.all(requests.map(({ csr }) => enrol(by, csr)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(new Set(answers.filter(({ status }) => status !== 200).map(({ json }) => json.code))).toEqual(
      new Set(["E_PERMIT_OVER"]),
    );
    const labels = [...domain.keystore.clients()].filter(({ auth }) => auth.permit === by.id).map(({ label }) => label);
    expect(labels.sort()).toEqual(["web 1", "web 2", "web 3"]);
  });

  test("ended by one administrator lets nobody in, and with it go those who came by it where that is said", async () => {
    const [kept, gone] = [await permit(), await permit({ label: "batch" })];
    const [stays, goes] = [await enter(kept), await enter(gone)];
    const withdraw = (client: string, args: Record<string, unknown>) =>
      domain.admission.act({ act: "client.revoke", client, args, reason: "", wait: true });
    expect((await withdraw(kept.id, {})).outcome).toBe("applied");
    expect((await withdraw(gone.id, { issued: true })).outcome).toBe("applied");
    expect([await codeOf(kept), await codeOf(gone)]).toEqual(["E_PERMIT_OVER", "E_PERMIT_OVER"]);
    expect((await as(stays, "/v1/random", { bytes: 1 })).json.code).toBe("E_GRANT");
    expect((await as(goes, "/v1/random", { bytes: 1 })).json.code).toBe("E_CLIENT_REVOKED");
  });

  test("withdrawn before, takes everybody who came by it along under its name, and never those of another of that name", async () => {
    const end = (client: string) =>
      domain.admission.act({ act: "client.revoke", client, args: { issued: true }, reason: "", wait: true });
    const stateOf = ({ id }: { id: string }) => domain.keystore.findClient(id)?.state;
    const leaked = await permit({ most: 1 });
    const thief = await enter(leaked);
    await domain.admission.act({ act: "client.revoke", client: "web", args: {}, reason: "", wait: true });
    const fresh = await permit({ most: 1 });
    const honest = await enter(fresh);
    await expect(end("web")).rejects.toThrow(`Several have had that name: give one's id, ${leaked.id} or ${fresh.id}.`);
    expect([stateOf(thief), stateOf(honest)]).toEqual(["active", "active"]);
    expect((await end(fresh.id)).outcome).toBe("applied");
    expect([stateOf(thief), stateOf(honest)]).toEqual(["active", "revoked"]);
    expect((await end("web")).outcome).toBe("applied");
    expect([stateOf(thief), stateOf(leaked)]).toEqual(["revoked", "revoked"]);
    await expectObeys(domain);
  });

  test("counts to its very second, and dates whoever it lets in as their entry is dated, however briefly before somebody asked", async () => {
    const by = await permit({ most: 3, until: domain.guard.time() + HOUR });
    const requests = await Promise.all([newClientRequest(), newClientRequest(), newClientRequest()]);
    const ask = (at: number) => {
      const { csr } = requests[at] ?? expect.unreachable();
      const request = { secret: by.secret, csr, from: "127.0.0.1", issuer: domain.authority };
      return domain.operations.enrolBySecret(request).catch((cause: { code: string }) => cause.code);
    };
    await ask(0);
    shift = HOUR / 2;
    await ask(1);
    const entries = domain.log
      .entries(0, 1000)
      .map(({ leaf }) => JSON.parse(Buffer.from(leaf, "base64url").toString()));
    const dated = [...domain.keystore.clients()].filter(({ auth }) => auth.permit === by.id);
    expect(dated.map(({ createdAt, leaf }) => createdAt - entries[leaf].ts)).toEqual([0, 0]);
    // The certificate is made before the entry is dated: never longer than was approved, shorter by what that took.
    const lasts = dated.map(({ createdAt, notAfter }) => notAfter - createdAt);
    expect(lasts.map((each) => each <= 12 * HOUR && each > 12 * HOUR - 60)).toEqual([true, true]);
    shift = HOUR;
    expect(await ask(2)).toBe("E_PERMIT_OVER");
  });

  test("is on record with everybody who came by it, and the report's verifier finds it in order", async () => {
    const by = await permit();
    const one = await enter(by);
    await domain.admission.act({ act: "client.revoke", client: by.id, args: { issued: true }, reason: "", wait: true });
    const { files } = await makeReport(domain);
    const bundle = Buffer.from(files.find(({ name }) => name.endsWith(".json"))?.base64 ?? "", "base64");
    const { facts } = await verifyReport(new Uint8Array(bundle));
    expect(
      facts.changes.filter(({ subject }) => subject === one.id).map(({ kind, by: who }) => [kind, who]),
    ).toContainEqual(["client.enrol", ["web"]]);
    expect(facts.clients.find(({ state }) => state.id === one.id)?.state.state).toBe("revoked");
  });

  test("is nowhere but in the file that was handed out: not in the store, the log lines or the custody log", async () => {
    const by = await permit();
    await enter(by);
    await withstand(domain, "E_PERMIT_NETWORK", async () => {
      const far = await permitElsewhere(by);
      expect(far).toBe("E_PERMIT");
    });
    const secret = by.secret.slice("hfp1.".length);
    const places = readdirSync(domain.dataDirectory, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => readFileSync(join(each.parentPath, each.name)).toString("latin1"));
    expect([...places, JSON.stringify(lines)].filter((text) => text.includes(secret))).toEqual([]);
  });
});

/** The secret as it is used from a network that it was not approved for. */
async function permitElsewhere({ secret }: Permit): Promise<string> {
  const { csr } = await newClientRequest();
  const request = { secret, csr, from: "192.0.2.7", issuer: domain.authority };
  return domain.operations.enrolBySecret(request).then(
    () => "let in",
    (cause: { code: string }) => cause.code,
  );
}

describe("whoever has an enrolment secret and should not", () => {
  test("row 167: is told no more than who has none, from another network", async () => {
    const by = await permit();
    await withstand(domain, "E_PERMIT_NETWORK", async () => expect(await permitElsewhere(by)).toBe("E_PERMIT"));
    const wrong = { ...by, secret: `hfp1.${"A".repeat(43)}` };
    await withstand(domain, "E_PERMIT", async () => expect(await codeOf(wrong)).toBe("E_PERMIT"));
    expect(JSON.stringify(lines)).toContain("E_PERMIT_NETWORK");
  });

  test("row 168: finds it over when its time, its number or an administrator says so", async () => {
    const by = await permit({ most: 1 });
    await enter(by);
    await withstand(domain, "E_PERMIT_OVER", async () => expect(await codeOf(by)).toBe("E_PERMIT_OVER"));
    const late = await permit();
    const end = domain.guard.time() + 24 * HOUR;
    shift = 24 * HOUR + 1;
    await expect.poll(() => domain.operations.now).toBeGreaterThan(end);
    await withstand(domain, "E_PERMIT_OVER", async () => expect(await codeOf(late)).toBe("E_PERMIT_OVER"));
  });

  test("row 169: gets nothing while changes are locked, and is no client by it", async () => {
    const by = await permit();
    domain.apply("domain.lock", {});
    const { size } = domain.log;
    expect(await codeOf(by)).toBe("E_LOCKED");
    expect(domain.log.size).toBe(size);
    domain.apply("domain.unlock", {});
    const identity = identityOfSecret(by.secret) ?? expect.unreachable();
    await withstand(domain, null, () => {
      expect(() => domain.operations.identify(identity)).toThrow(expect.objectContaining({ code: "E_CLIENT" }));
    });
    await enter(by);
  });

  test("row 170: gets no certificate for a key that it does not have, nor for one that a client has", async () => {
    const by = await permit();
    const other = await domain.enrol("shop", [{ ops: ["encrypt"], keys: { kind: "all" } }]);
    const { csr } = await newClientRequest(other.key);
    const forged = withOtherSignature((await newClientRequest()).csr);
    await withstand(domain, null, async () => {
      for (const each of [csr, forged]) expect((await enrol(by, each)).json.code).toBe("E_INPUT");
    });
    expect(domain.keystore.findClient(other.id)?.grants).toEqual([{ ops: ["encrypt"], keys: { kind: "all" } }]);
    expect(
      (
        await domain.admission.act({
          act: "client.update",
          client: by.id,
          args: { grants: [{ ops: ["all"], keys: { kind: "all" } }] },
          reason: "",
          wait: true,
        })
      ).code,
    ).toBe("E_PRESTATE");
  });
});

/** A request whose signature has another last byte. */
function withOtherSignature(csr: string): string {
  const der = Buffer.from(csr.replace(/-----[A-Z ]+-----/g, ""), "base64");
  der.writeUInt8((der.at(-1) ?? 0) ^ 1, der.length - 1);
  return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
}
