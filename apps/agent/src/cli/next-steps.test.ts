import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HsmError } from "@holdfast/crypto";
import { encodeBase64url, type SharesOfBackup } from "@holdfast/protocol";
import { deriveRecipientKey } from "@holdfast/protocol/custodian";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { beginDrill } from "../admin/escrow-routes.ts";
import { makeBackup } from "../admin/make-backup.ts";
import { restoreBackup } from "../custody/backup/restore-backup.ts";
import { initAgent } from "../init-agent.ts";
import { openTestDomain } from "../operations/testing/open-test-domain.ts";
import { Arguments } from "./arguments.ts";
import { AgentRefusal } from "./cli-error.ts";
import { requireSeat } from "./escrow-give.ts";
import { withPinOfNewAgent, withPinOfNewWay } from "./pin-of-new-agent.ts";
import { restoreLinks } from "./restore-links.ts";
import { readHidden } from "./terminal.ts";

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-steps-")));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe("a PIN that the token refuses", () => {
  const refused = () => Promise.reject(new HsmError("E_HSM_PIN"));

  test("while a key server is made says that there is none, and to mend it and begin again: there is nothing to unseal", async () => {
    const refusal = expect.objectContaining({
      code: "E_HSM_PIN",
      message: expect.stringContaining("No key server was made"),
      next: expect.stringMatching(/^(?!.*unseal).*Mend the PIN.*run this command again/),
    });
    await expect(withPinOfNewAgent(refused)).rejects.toEqual(refusal);
    const gone = new HsmError("E_HSM_GONE");
    await expect(withPinOfNewAgent(() => Promise.reject(gone))).rejects.toBe(gone);
  });

  test("for another way of opening says that the one of before goes on", async () => {
    const answer = new AgentRefusal(409, "E_HSM_PIN", "The token refused the PIN.", "Run `holdfast-agent unseal`.");
    await expect(withPinOfNewWay(() => Promise.reject(answer))).rejects.toMatchObject({
      code: "E_HSM_PIN",
      message: expect.stringContaining("What opened the agent still does"),
      next: expect.not.stringContaining("unseal"),
    });
  });
});

test.each([
  ["below a file", "file/data"],
  ["in the place of a file", "file"],
])("a key server that is to be made %s is refused as such, and the file stays", async (_, name) => {
  writeFileSync(join(base, "file"), "mine");
  const folders = { dataDirectory: join(base, name), keyDirectory: join(base, "keys") };
  await expect(initAgent({ ...folders, name: "one", standalone: true, kek: { kind: "file" } })).rejects.toMatchObject({
    code: "E_STORE",
    message: expect.stringMatching(/cannot be made or read: .*file\. Nothing was made/),
    next: expect.stringContaining("--data"),
  });
  expect([readFileSync(join(base, "file"), "utf8"), existsSync(join(base, "keys"))]).toEqual(["mine", false]);
});

test.each([
  ["a passphrase that is too short", { kind: "passphrase", passphrase: "short" }, "E_PASSPHRASE_WEAK"],
  ["a token that is not there", { kind: "pkcs11", uri: "pkcs11:token=none?module-path=/none.so" }, "E_HSM_MODULE"],
] as const)(
  "a key server refused for %s leaves no folder that it made, and nothing in one that was there",
  async (_, kek, code) => {
    const there = join(base, "there");
    mkdirSync(there);
    for (const dataDirectory of [join(base, "new", "data"), there]) {
      const init = { dataDirectory, keyDirectory: join(base, "keys"), name: "one", standalone: true, kek };
      await expect(initAgent(init)).rejects.toMatchObject({ code });
    }
    expect([readdirSync(base), readdirSync(there)]).toEqual([["there"], []]);
  },
);

test("a restore that does not open leaves no folder that it made", async () => {
  const domain = await openTestDomain();
  try {
    const { path } = await makeBackup(domain.agent, domain, join(base, "one.backup"));
    const folders = { dataDirectory: join(base, "restored"), keyDirectory: join(base, "keys") };
    const recovery = { recoveryFile: join(base, "none"), recoveryPassphrase: "a passphrase of a file" };
    await expect(restoreBackup({ ...folders, ...recovery, backup: path, kek: { kind: "file" } })).rejects.toMatchObject(
      { code: "E_RECOVERY_FILE" },
    );
    expect(readdirSync(base)).toEqual(["one.backup"]);
  } finally {
    await domain.close();
  }
});

test("a key of somebody who is no custodian is told as that, with who they are, and not as a signature that does not fit", async () => {
  const [own, other] = await Promise.all([1, 2].map((at) => deriveRecipientKey(new Uint8Array(32).fill(at))));
  const routes = [{ route: "file", hpke: encodeBase64url(own?.publicKey ?? new Uint8Array()) }];
  const manifest = { escrow: { custodians: [{ seat: "s", label: "Maria", routes }] } };
  const of = { manifest } as unknown as Pick<SharesOfBackup, "manifest">;
  requireSeat(of, own?.publicKey ?? new Uint8Array());
  expect(() => requireSeat(of, other?.publicKey ?? new Uint8Array())).toThrowError(
    expect.objectContaining({
      code: "E_CUSTODIAN_FILE",
      message: expect.stringContaining("custodians are Maria"),
      next: expect.stringContaining("no custodian"),
    }),
  );
});

test("a file that is no report is told as such, with which report to give", async () => {
  writeFileSync(join(base, "file"), "mine");
  const args = new Arguments({}, [join(base, "file")], "restore links REPORT");
  await expect(restoreLinks.run({ args } as never)).rejects.toMatchObject({
    code: "E_FILE",
    message: expect.stringContaining("is no report"),
    next: expect.stringContaining("newest report of this environment"),
  });
});

test("an empty file is told as what it should have held", async () => {
  const file = join(base, "empty");
  writeFileSync(file, "", { mode: 0o600 });
  const read = (what?: string) => readHidden({ file }, "", { next: "", ...(what === undefined ? {} : { what }) });
  await expect(read("share")).rejects.toMatchObject({ code: "E_FILE", message: "The share is empty." });
  await expect(read()).rejects.toMatchObject({ code: "E_FILE", message: "The passphrase is empty." });
});

test("a drill of a backup without custodians says what opens it, and does not send a person round in a circle", async () => {
  const domain = await openTestDomain();
  try {
    const { path } = await makeBackup(domain.agent, domain, join(base, "one.backup"));
    await expect(beginDrill(domain.agent, domain, path, "")).rejects.toMatchObject({
      code: "E_DRILL",
      message: expect.stringContaining("its recovery file opens it"),
      next: expect.stringMatching(/^(?!.*backup drill FILE).*backup verify FILE --recovery FILE.*escrow enrol/),
    });
  } finally {
    await domain.close();
  }
});
