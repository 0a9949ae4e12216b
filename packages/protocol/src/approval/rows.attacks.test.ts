import { SoftwareKey } from "@holdfast/testkit";
import { expect, test } from "vitest";
import { encodeBase64url } from "../encoding/base64url.ts";
import { ackChallenge, approveChallenge, rawSignatureBase, registerChallenge } from "./challenges.ts";
import { verifyRawSignature } from "./raw-signature.ts";

const PURPOSES = [
  "genesis",
  "local",
  "recover",
  "veto",
  "receipt",
  "attest",
  "rootxfer",
  "import",
  "manifest",
  "ack",
] as const;
const HASH = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

test("row 131: a raw key's signature for one purpose is refused for each other", async () => {
  const key = SoftwareKey.make("EdDSA", "purposes");
  for (const made of PURPOSES) {
    const signature = encodeBase64url(key.sign(rawSignatureBase(made, HASH), "raw"));
    for (const read of PURPOSES) {
      const verified = verifyRawSignature(key.coseText, read, HASH, signature);
      if (made === read) await expect(verified).resolves.toBeUndefined();
      else await expect(verified).rejects.toMatchObject({ code: "E_SIG" });
    }
  }
});

test("row 131: what a passkey signs for one purpose is never what it signs for another", () => {
  const names = { aid: `a_${"a".repeat(26)}`, inviteId: "A".repeat(22), adm: "a".repeat(26) };
  const challenges = [
    ...([0, 1, 2] as const).map((decision) => approveChallenge(decision, [HASH])),
    registerChallenge(names),
    ackChallenge(HASH),
  ].map(encodeBase64url);
  expect(new Set([...challenges, HASH]).size).toBe(6);
});
