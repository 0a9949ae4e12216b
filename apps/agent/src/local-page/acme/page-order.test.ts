import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { certificateFolder, type PageSetup } from "../page-setup.ts";
import { AccountKey } from "./account-key.ts";
import { askAcme } from "./acme-http.ts";
import { AcmeSession } from "./acme-session.ts";
import { type DnsRecords, recordsByProgram } from "./dns-records.ts";
import { isRenewalDue, keepRenewalTried, orderPageCertificate } from "./page-order.ts";
import { AcmeServer } from "./testing/acme-server.ts";

const NAME = "keys.example.com";
const DAY = 86_400;
const now = () => Math.floor(Date.now() / 1000);
let folder: string;
let acme: AcmeServer;
let setup: PageSetup & { acme: NonNullable<PageSetup["acme"]> };
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-acme-"));
  acme = await AcmeServer.start(folder);
  const { directory, caFile: ca } = acme;
  setup = {
    origin: `https://${NAME}`,
    listen: "127.0.0.1:0",
    tls: null,
    acme: { directory, ca, contact: null, agreed: false, hook: null },
  };
  asked = [];
});
afterEach(async () => {
  await acme.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The customer's zone, which this server asks. */
const zone: DnsRecords = {
  async add(name, value) {
    asked.push(`add ${name}`);
    acme.records.set(name, value);
  },
  async remove(name) {
    asked.push(`remove ${name}`);
    acme.records.delete(name);
  },
};
const order = (dns: DnsRecords = zone, of: PageSetup = setup) =>
  orderPageCertificate(folder, of, { dns, time: now, wait: async () => undefined });
const installed = () => join(certificateFolder(folder, setup), "tls.crt");
const refusal = (dns?: DnsRecords, of?: PageSetup) =>
  order(dns, of).then(
    () => ({}),
    (cause: object) => cause,
  );

describe("a certificate by ACME", () => {
  test("is ordered for the page's name alone, proved by a record that is taken away again, and installed with its key", async () => {
    expect(await order()).toMatchObject({ names: [NAME] });
    expect(asked).toEqual([`add _acme-challenge.${NAME}`, `remove _acme-challenge.${NAME}`]);
    expect(readFileSync(installed(), "utf8").match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(acme.refused).toEqual([]);
    const account = join(folder, "page", NAME, "acme-account.pem");
    const before = readFileSync(account, "utf8");
    expect(statSync(account).mode & 0o777).toBe(0o600);
    await order();
    expect(readFileSync(account, "utf8")).toBe(before);
    expect(acme.issued).toBe(2);
  });

  test("survives a server that forgets nonces, and gives up on one that takes none", async () => {
    acme.forgetNonces = 2;
    await order();
    expect(acme.refused).toEqual(["badNonce", "badNonce"]);
    acme.forgetNonces = 100;
    expect(await refusal()).toMatchObject({ code: "E_ACME", message: expect.stringContaining("badNonce") });
    expect(acme.refused).toHaveLength(6);
  });

  test("is not had without the right record, which goes away nevertheless, and what is shown stays", async () => {
    await order();
    const shown = readFileSync(installed(), "utf8");
    asked = [];
    const wrong = { ...zone, add: (name: string) => zone.add(name, "A".repeat(43)) };
    const refused = (await refusal(wrong)) as { code: string; message: string };
    expect(refused).toMatchObject({ code: "E_ACME", message: expect.stringContaining("No such record") });
    expect(refused.message).not.toContain("\u202e");
    expect(asked.at(-1)).toBe(`remove _acme-challenge.${NAME}`);
    expect(readFileSync(installed(), "utf8")).toBe(shown);
  });

  test("is had though the record cannot be taken away, and such a failure hides no refusal of the server", async () => {
    const staying = { ...zone, remove: () => Promise.reject(new RangeError("stays")) };
    expect(await order(staying)).toMatchObject({ names: [NAME] });
    const wrong = { ...staying, add: (name: string) => zone.add(name, "A".repeat(43)) };
    expect(await refusal(wrong)).toMatchObject({ code: "E_ACME", message: expect.stringContaining("No such record") });
  });

  test("is not taken from a server that proves another name or issues for another key", async () => {
    acme.twist = "other-name";
    expect(await refusal()).toMatchObject({ code: "E_ACME", message: expect.stringContaining("another name") });
    expect(asked).toEqual([]);
    acme.twist = "other-chain";
    expect(await refusal()).toMatchObject({ code: "E_CERT_KEY" });
    expect(existsSync(installed())).toBe(false);
  });

  test("needs the person's yes to the authority's terms, the server's own authority, and https", async () => {
    acme.terms = "https://ca.example/terms";
    expect(await refusal()).toMatchObject({
      code: "E_ACME_TERMS",
      message: expect.stringContaining("ca.example/terms"),
    });
    await order(zone, { ...setup, acme: { ...setup.acme, agreed: true } });
    expect(await refusal(zone, { ...setup, acme: { ...setup.acme, ca: null } })).toMatchObject({ code: "E_ACME" });
    const plain = setup.acme.directory.replace("https:", "http:");
    expect(await refusal(zone, { ...setup, acme: { ...setup.acme, directory: plain } })).toMatchObject({
      code: "E_ACME",
    });
  });
});

describe("an authority that makes accounts by its own invitation only", () => {
  const external = { kid: "kid-1", key: Buffer.alloc(32, 7) };
  const bound = (given = external) =>
    orderPageCertificate(folder, setup, { dns: zone, time: now, wait: async () => undefined, external: given });

  test("gives one for its key id and MAC key, which renewals need no more and no file keeps", async () => {
    acme.external = external;
    expect(await bound()).toMatchObject({ names: [NAME] });
    expect(await order()).toMatchObject({ names: [NAME] });
    expect([acme.issued, acme.refused]).toEqual([2, []]);
    const kept = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    for (const { parentPath, name } of kept)
      expect(readFileSync(join(parentPath, name), "latin1")).not.toContain(external.key.toString("base64url"));
  });

  test("is told of without them, and gives none for another key or id; nothing is ordered", async () => {
    acme.external = external;
    expect(await refusal()).toMatchObject({ code: "E_ACME", next: expect.stringContaining("--acme-eab-kid") });
    for (const wrong of [
      { ...external, key: Buffer.alloc(32, 8) },
      { ...external, kid: "kid-2" },
    ])
      await expect(bound(wrong)).rejects.toMatchObject({
        code: "E_ACME",
        message: expect.stringContaining("unauthorized"),
      });
    expect([acme.issued, asked]).toEqual([0, []]);
    expect(await bound()).toMatchObject({ names: [NAME] });
  });
});

test("the test's own server takes a request once, for its own address, signed by its own key", async () => {
  const ca = readFileSync(acme.caFile, "utf8");
  const [key, other] = ["one", "two"].map((name) => AccountKey.open(join(folder, `${name}.pem`))) as [
    AccountKey,
    AccountKey,
  ];
  const { newAccount, newOrder, newNonce } = (await AcmeSession.open({ ...setup.acme, ca }, key)).directory;
  const nonce = async () => (await askAcme({ method: "HEAD", url: newNonce }, ca)).header("replay-nonce") ?? "";
  const send = async (url: string, jws: object) => {
    const { status } = await askAcme({ method: "POST", url, body: JSON.stringify(jws) }, ca);
    return status < 400 ? "taken" : acme.refused.at(-1);
  };
  const good = key.sign({ url: newAccount, nonce: await nonce(), kid: null, payload: {} });
  expect([await send(newAccount, good), await send(newAccount, good)]).toEqual(["taken", "badNonce"]);
  expect(await send(newOrder, key.sign({ url: newAccount, nonce: await nonce(), kid: null, payload: {} }))).toBe(
    "unauthorized",
  );
  const forged = {
    ...key.sign({ url: newAccount, nonce: await nonce(), kid: null, payload: {} }),
    signature: good.signature,
  };
  expect(await send(newAccount, forged)).toBe("malformed");
  const kid = newAccount.replace(/account$/, "acct/0");
  const stranger = other.sign({ url: newOrder, nonce: await nonce(), kid, payload: { identifiers: [] } });
  expect(await send(newOrder, stranger)).toBe("malformed");
});

describe("the program that changes the zone", () => {
  const program = (text: string, mode = 0o700): string => {
    const path = join(folder, "hook");
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode });
    chmodSync(path, mode);
    return path;
  };

  test("is run with three words and no shell, and its failure is told by code", async () => {
    const log = join(folder, "log");
    const records = recordsByProgram(program(`printf '%s|%s|%s|%s\\n' "$#" "$1" "$2" "$3" >> ${log}`));
    await records.add("_acme-challenge.a", "$(id); x");
    await records.remove("_acme-challenge.a", "v");
    expect(readFileSync(log, "utf8")).toBe("3|add|_acme-challenge.a|$(id); x\n3|remove|_acme-challenge.a|v\n");
    await expect(recordsByProgram(program("exit 3")).add("n", "v")).rejects.toMatchObject({
      code: "E_ACME_DNS",
      message: expect.stringContaining("3"),
    });
  });

  test("is given nothing of the key server's environment, and ends with what it is run for", async () => {
    const log = join(folder, "log");
    process.env["HOLDFAST_TEST_SECRET"] = "secret";
    try {
      await recordsByProgram(program(`env > ${log}`)).add("n", "v");
    } finally {
      delete process.env["HOLDFAST_TEST_SECRET"];
    }
    expect(readFileSync(log, "utf8")).toContain("PATH=");
    expect(readFileSync(log, "utf8")).not.toContain("SECRET");
    const ending = new AbortController();
    const running = recordsByProgram(program("exec sleep 400"), ending.signal).add("n", "v");
    ending.abort();
    await expect(running).rejects.toMatchObject({ code: "E_ACME_DNS" });
  });

  test("is not run where others may change it, where it is none, or by a name that a path would be searched for", () => {
    const code = (path: string) => {
      try {
        recordsByProgram(path);
        return "none";
      } catch (cause) {
        return (cause as { code: string }).code;
      }
    };
    expect(code(program("exit 0", 0o722))).toBe("E_ACME_DNS");
    expect(code(program("exit 0", 0o600))).toBe("E_ACME_DNS");
    const good = program("exit 0");
    expect(code(good)).toBe("none");
    chmodSync(folder, 0o777); // whoever may write into its folder may put another in its place
    expect(code(good)).toBe("E_ACME_DNS");
    chmodSync(folder, 0o700);
    expect([code("/nowhere/hook"), code("hook"), code(folder)]).toEqual(["E_ACME_DNS", "E_ACME_DNS", "E_ACME_DNS"]);
  });
});

test("a renewal is due in the last third of its life, only where a program changes the zone, and not again within six hours of a try, whatever came of it", async () => {
  const renewed = { ...setup, acme: { ...setup.acme, hook: "/usr/local/bin/hook" } };
  expect(isRenewalDue(folder, renewed, now() + 5 * DAY)).toBe(false);
  await order();
  expect(isRenewalDue(folder, renewed, now() + 3 * DAY)).toBe(false);
  expect(isRenewalDue(folder, renewed, now() + 5 * DAY)).toBe(true);
  expect(isRenewalDue(folder, setup, now() + 5 * DAY)).toBe(false);
  keepRenewalTried(folder, setup.origin, { at: now() + 5 * DAY, code: "E_ACME", what: "no" });
  expect(isRenewalDue(folder, renewed, now() + 5 * DAY + 5 * 3_600)).toBe(false);
  expect(isRenewalDue(folder, renewed, now() + 5 * DAY + 7 * 3_600)).toBe(true);
  keepRenewalTried(folder, setup.origin, { at: now() + 5 * DAY, code: null, what: null });
  expect(isRenewalDue(folder, renewed, now() + 5 * DAY + 60)).toBe(false);
});
