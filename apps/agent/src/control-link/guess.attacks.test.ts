import { createHash, createHmac } from "node:crypto";
import { encodeBase64url } from "@holdfast/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Caller } from "../operations/caller.ts";
import { EVERYTHING, enrolledCaller } from "../operations/testing/object-client.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { GatewayClient } from "./gateway-client.ts";
import { uploadLog } from "./log-upload.ts";
import { HostileGateway } from "./testing/hostile-gateway.ts";

const PASSWORD = "correct horse battery staple";
const NAME = "mysql root at db-07";
/** What somebody tries who knows what people choose; the right ones are among them. */
const DICTIONARY = ["hunter2", "letmein", PASSWORD, NAME, "db-07", "payroll master key"];

let domain: TestDomain;
let gateway: HostileGateway;
let caller: Caller;
/** All that the control plane was sent, and its entries. */
let seen: string;
let entries: { leaf: string; opens?: Record<string, { salt: string; value: string }>; state?: string }[];
beforeAll(async () => {
  domain = await openTestDomain();
  gateway = await HostileGateway.start();
  caller = await enrolledCaller(domain, { ops: EVERYTHING, keys: { kind: "own" } });
  for (const _ of [1, 2])
    await domain.operations.registerObject(caller, {
      ...{ type: "secret-data", algorithm: null, usage: [], extractable: true, label: "a password" },
      names: [{ value: _ === 1 ? NAME : "another", kind: "text" }],
      attributes: { "x-owner": "payroll master key" },
      material: { format: "raw", bytes: Buffer.from(PASSWORD) },
    });
  domain.createKey({ label: "orders" });
  await gateway.close();
  gateway = await HostileGateway.start();
  gateway.answer = ({ path }) => (path === "/v1/log/state" ? { links: 0, size: 0 } : {});
  const client = new GatewayClient({ gateway: gateway.url, aid: domain.aid, aik: domain.keys.aik, now: () => 0 });
  await uploadLog(domain, client, new AbortController().signal);
  seen = gateway.text();
  entries = gateway.seen.flatMap(({ path, body }) => (path === "/v1/log" ? JSON.parse(body).entries : []));
});
afterAll(async () => {
  await gateway.close();
  await domain.close();
});

const textOf = (base64url: string) => Buffer.from(base64url, "base64url").toString("utf8");
/** Leaves and states as text: what stays when names are withheld. */
const signedText = () => entries.map(({ leaf, state }) => textOf(leaf) + textOf(state ?? "")).join("\n");

/** Salts of the names that the domain shows to its control plane. */
function shownSalts(): Buffer[] {
  return entries.flatMap(({ opens }) => Object.values(opens ?? {}).map(({ salt }) => Buffer.from(salt, "base64url")));
}

/** Each guess hashed under everything that the control plane knows and that a careless design could have used. */
function hashesOf(guess: string, salts = shownSalts()): string[] {
  const ids = [...domain.keystore.keys()].map(({ id }) => id);
  const keys = [
    Buffer.alloc(0),
    Buffer.alloc(16),
    ...salts,
    ...[domain.tid, domain.aid, "keycommit", ...ids].map((id) => Buffer.from(id)),
  ];
  const values = [
    guess,
    JSON.stringify(guess),
    ...ids.flatMap((id) => [`${id}${guess}`, `${id}/1${guess}`, `${id}/1secret-data:\0${guess}`]),
  ];
  return values
    .flatMap((value) => [
      ...["sha256", "sha1", "md5"].map((name) => createHash(name).update(value).digest()),
      ...keys.map((key) => createHmac("sha256", key).update(value).digest()),
    ])
    .flatMap((digest) => [encodeBase64url(digest), digest.toString("hex"), digest.toString("base64")]);
}

describe("what the control plane is sent", () => {
  test("row 163: has no password in it, and nothing that a dictionary of passwords fits", () => {
    expect(entries.length).toBeGreaterThan(4);
    for (const form of ["utf8", "hex", "base64url", "base64"] as const)
      expect(seen).not.toContain(Buffer.from(PASSWORD).toString(form).replace(/=+$/, ""));
    for (const guess of DICTIONARY) for (const hash of hashesOf(guess)) expect(signedText()).not.toContain(hash);
  });

  test("row 163: commits to one password twice in two ways, so that registering a guess tells nothing", () => {
    const commits = entries.flatMap(({ state }) => textOf(state ?? "").match(/"commit":"[^"]+"/g) ?? []);
    expect(commits.length).toBeGreaterThanOrEqual(3);
    expect(new Set(commits).size).toBe(commits.length);
  });

  test("row 163: has no name in its signed part, and none that a dictionary of names fits without its salt", () => {
    const signed = signedText();
    for (const name of ["orders", NAME, "payroll master key"]) expect(signed).not.toContain(name);
    for (const name of [NAME, "payroll master key"]) expect(seen).not.toContain(name);
    for (const hash of hashesOf("orders", [])) expect(signed).not.toContain(hash);
    expect(hashesOf("orders").some((hash) => signed.includes(hash))).toBe(true); // shown with its salt, as the domain chose
    for (const salt of shownSalts()) expect(signed).not.toContain(salt.toString("base64url"));
    expect(new Set(shownSalts().map(String)).size).toBe(shownSalts().length);
  });

  test("row 163: has no check value, and of a password there is none at all", () => {
    for (const { type, versions } of domain.keystore.keys())
      for (const { kcv } of versions) {
        if (type === "secret-data") expect(kcv).toBeNull();
        else expect(seen + signedText()).not.toContain(`"${kcv}"`);
      }
    expect(signedText()).not.toContain("kcv");
  });
});
