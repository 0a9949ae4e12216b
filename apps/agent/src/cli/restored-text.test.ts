import { describe, expect, test } from "vitest";
import type { Restored } from "../custody/backup/restore-backup.ts";
import { backupRestore } from "./backup.ts";
import { escrowRelease } from "./escrow-release.ts";
import { tellRestored } from "./restored-text.ts";

const manifest = { tid: "t", aid: "a", made: 1_790_000_000, keys: 3 } as Restored["manifest"];
const token = { kind: "pkcs11", kek: { serial: "S1", label: "kek9", check: "ab12", mode: "wrap" } };

function told(kek: object): { json: unknown; text: string } {
  const said = { json: null as unknown, text: "" };
  const result = (value: unknown, text: string | (() => string)) => {
    said.json = value;
    said.text = typeof text === "string" ? text : text();
  };
  const silent = () => undefined;
  tellRestored({ json: true, result, artefact: result, say: silent, ask: silent }, "/data", {
    manifest,
    kek: kek as Restored["kek"],
  });
  return said;
}

describe("a restore says what opens the key server from now on", () => {
  test.each([
    ["a file", { kind: "file", path: "/keys/a.kek" }, "/keys/a.kek", "/keys/a.kek"],
    ["a passphrase", { kind: "passphrase", parameters: {} }, "passphrase", "passphrase"],
    ["a token, by its serial and never as a passphrase", token, "pkcs11", "kek9 in the token S1"],
  ])("%s", (_, kek, opener, words) => {
    const { json, text } = told(kek);
    expect(json).toMatchObject({ data: "/data", keys: 3, kek: opener });
    expect(text).toContain(words);
    expect(text.includes("passphrase")).toBe(opener === "passphrase");
  });

  test("and its usage lists every way that it takes", () => {
    for (const { usage } of [backupRestore, escrowRelease])
      expect(usage).toContain("[--unseal file:PATH|passphrase|pkcs11:URI]");
  });
});
