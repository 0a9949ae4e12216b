import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { exportMaterial } from "@holdfast/crypto/egress";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAdmin } from "../../admin/admin-server.ts";
import { createAdminClient } from "../../cli/admin-client.ts";
import { MoveTarget } from "../../cli/move-target.ts";
import type { Listener } from "../../endpoints/served-agent.ts";
import type { KeyRecord } from "../../keystore/records.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { moveKeys } from "../move-keys.ts";
import { VaultDouble } from "../testing/vault-double.ts";
import { VaultPeer } from "./vault-peer.ts";
import { VaultSource } from "./vault-source.ts";

const token = "hvs.example";
const orders = {
  "1": randomBytes(32).toString("base64"),
  "2": randomBytes(32).toString("base64"),
  "3": randomBytes(32).toString("base64"),
};
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const edwards = generateKeyPairSync("ed25519").privateKey;
const pem = (key: KeyObject, type: "pkcs1" | "sec1") => key.export({ format: "pem", type } as never).toString();

/** As Vault exports Ed25519: the seed and the public key after it. */
function bothHalves(key: KeyObject): string {
  const { d = "", x = "" } = key.export({ format: "jwk" });
  return Buffer.concat([Buffer.from(d, "base64url"), Buffer.from(x, "base64url")]).toString("base64");
}

let vault: VaultDouble;
let domain: TestDomain;
let socket: Listener;
beforeAll(async () => {
  vault = await VaultDouble.start({
    token,
    kvOne: { "app/db": { password: "one" } },
    kvTwo: {
      "team/api": { versions: [{ data: { key: "first" } }, { data: {}, destroyed: true }, { data: { key: "third" } }] },
      gone: { versions: [{ data: {}, deleted: true }] },
    },
    transit: {
      orders: { type: "aes256-gcm96", exportable: true, keys: orders },
      kept: { type: "aes256-gcm96", exportable: false, keys: { "1": "" } },
      weak: { type: "aes256-gcm96", exportable: true, keys: { "1": Buffer.alloc(32, 9).toString("base64") } },
      web: { type: "rsa-2048", exportable: true, keys: { "1": pem(rsa, "pkcs1") } },
      sign: { type: "ecdsa-p256", exportable: true, keys: { "1": pem(ec, "sec1") } },
      edwards: { type: "ed25519", exportable: true, keys: { "1": bothHalves(edwards) } },
      mac: { type: "hmac", exportable: true, keys: { "1": randomBytes(32).toString("base64") } },
      strange: { type: "aes256-cmac", exportable: true, keys: { "1": "" } },
    },
  });
  domain = await openTestDomain();
  const surroundings = { agent: domain.agent, places: () => ({}), link: {} } as never;
  socket = await startAdmin(surroundings, `${domain.dataDirectory}/admin.sock`);
});
afterAll(async () => {
  await socket.close();
  await domain.close();
  await vault.close();
});

function source(with_: string = token) {
  const peer = new VaultPeer({ host: "127.0.0.1", port: vault.port, plain: true, token: with_ });
  return new VaultSource(peer, { group: "default", extractable: true, mounts: [] });
}

const target = () => new MoveTarget(createAdminClient(`${domain.dataDirectory}/admin.sock`), false);
const outcomes = ({ objects }: Awaited<ReturnType<typeof moveKeys>>) =>
  Object.fromEntries(objects.map(({ id, outcome }) => [id, outcome]));
const here = (foreign: string) => domain.keystore.findKeyByForeignId(foreign) as KeyRecord;
const materialOf = (foreign: string, version: number) =>
  exportMaterial(
    domain.keystore.handle(here(foreign).id, version),
    here(foreign).type === "private-key" ? "pkcs8" : undefined,
  );

test("a plan asks for no material, changes nothing, and says what cannot be moved and why", async () => {
  const size = domain.log.size;
  const report = await moveKeys(source(), target(), { apply: false });
  expect(report.counts).toMatchObject({ moves: 9, moved: 0, here: 0, stays: 4 });
  const why = Object.fromEntries(report.objects.flatMap(({ id, why: because }) => (because ? [[id, because]] : [])));
  expect(why).toEqual({
    "vault:secret//team/api#2": "it is destroyed there",
    "vault:secret//gone": "it is deleted there",
    "vault:transit/kept": "it is not exportable there: wrap what it protects anew, or re-encrypt",
    "vault:transit/strange": "it is of a kind that is not taken in",
  });
  expect(vault.asked.filter((path) => /\/export\/|\/data\/|\/old\/app\/db/.test(path))).toEqual([]);
  expect(domain.log.size).toBe(size);
});

test("what is moved is byte for byte what Vault had, under Vault's names and version numbers; a weak one keeps no other back", async () => {
  const report = await moveKeys(source(), target(), { apply: true });
  expect(outcomes(report)).toMatchObject({ "vault:transit/weak": "failed", "vault:transit/orders": "moved" });
  expect(report.counts).toMatchObject({ moved: 8, failed: 1, stays: 4 });
  const moved = here("vault:transit/orders");
  expect(moved).toMatchObject({ label: "orders", current: 3, known: 3, origin: "registered", algorithm: "AES-256" });
  for (const [version, text] of Object.entries(orders))
    expect(materialOf("vault:transit/orders", Number(version)).toString("base64")).toBe(text);
  for (const [foreign, key] of [
    ["vault:transit/web", rsa],
    ["vault:transit/sign", ec],
    ["vault:transit/edwards", edwards],
  ] as const) {
    const taken = createPrivateKey({ key: materialOf(foreign, 1), format: "der", type: "pkcs8" });
    expect(taken.equals(key), foreign).toBe(true);
  }
  expect(materialOf("vault:old//app/db", 1).toString()).toBe('{"password":"one"}');
  expect(materialOf("vault:secret//team/api", 1).toString()).toBe('{"key":"third"}');
  expect(materialOf("vault:secret//team/api#1", 1).toString()).toBe('{"key":"first"}');
});

test("run again, it goes on where it was: what is here is not asked for again", async () => {
  const asked = vault.asked.length;
  const report = await moveKeys(source(), target(), { apply: true });
  expect(report.counts).toMatchObject({ here: 8, moved: 0, failed: 1 });
  const exports = vault.asked.slice(asked).filter((path) => /\/export\/|\/data\//.test(path));
  expect(exports).toEqual(["/v1/transit/export/encryption-key/weak"]);
});

test("a token that Vault does not take ends the move in Vault's own words", async () => {
  await expect(moveKeys(source("hvs.other"), target(), { apply: true })).rejects.toMatchObject({
    code: "E_PEER_ANSWER",
    message: expect.stringContaining("permission denied"),
  });
});
