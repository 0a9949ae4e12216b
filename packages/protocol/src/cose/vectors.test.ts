import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { native } from "../platform/native.ts";
import { type CoseKey, encodeEc2CoseKey, encodeOkpCoseKey, parseCoseKey } from "./cose-key.ts";
import { verifySignatureBy } from "./verify-signature.ts";

const FOLDER = join(
  process.env["HOLDFAST_VECTORS"] ?? join(import.meta.dirname, "../../../../../shared/vectors"),
  "crypto/wycheproof",
);
const present = existsSync(FOLDER);
if (!present) console.info("skipped: no vectors");

interface Group {
  readonly publicKey: {
    readonly uncompressed?: string;
    readonly pk?: string;
    readonly modulus?: string;
    readonly publicExponent?: string;
  };
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly flags: readonly string[];
    readonly msg: string;
    readonly sig: string;
    readonly result: "valid" | "invalid" | "acceptable";
  }[];
}

const groupsOf = (file: string): readonly Group[] =>
  JSON.parse(readFileSync(join(FOLDER, `${file}.json`), "utf8")).testGroups;
const hex = (text: string | undefined) => new Uint8Array(Buffer.from(text ?? "", "hex"));

async function verdicts(file: string, keyOf: (group: Group) => CoseKey, form: "raw" | "der"): Promise<string[]> {
  const wrong: string[] = [];
  for (const group of groupsOf(file)) {
    const key = keyOf(group);
    for (const { tcId, comment, msg, sig, result } of group.tests) {
      for (const node of [native, null]) {
        const fits = await verifySignatureBy(node, key, { signature: hex(sig), bytes: hex(msg), form });
        // "acceptable" are spellings that a verifier may take; ours takes none but the one.
        if (fits !== (result === "valid") && !(result === "acceptable" && !fits))
          wrong.push(`${tcId} ${comment}, ${node === null ? "WebCrypto" : "Node"}`);
      }
    }
  }
  return wrong;
}

describe.runIf(present)("Wycheproof", () => {
  test("ECDSA on P-256 in DER: every verdict is ours", async () => {
    const keyOf = ({ publicKey }: Group) => parseCoseKey(encodeEc2CoseKey(hex(publicKey.uncompressed)));
    expect(await verdicts("ecdsa_secp256r1_sha256_test", keyOf, "der")).toEqual([]);
  });

  test("ECDSA on P-256 as r and s: every verdict is ours", async () => {
    const keyOf = ({ publicKey }: Group) => parseCoseKey(encodeEc2CoseKey(hex(publicKey.uncompressed)));
    expect(await verdicts("ecdsa_secp256r1_sha256_p1363_test", keyOf, "raw")).toEqual([]);
  });

  test("Ed25519: every verdict is ours", async () => {
    const keyOf = ({ publicKey }: Group) => parseCoseKey(encodeOkpCoseKey(hex(publicKey.pk)));
    expect(await verdicts("ed25519_test", keyOf, "raw")).toEqual([]);
  });

  test("RSA with PKCS #1 v1.5: every verdict is ours", async () => {
    const trimmed = (bytes: Uint8Array) => bytes.subarray(bytes.findIndex((byte) => byte !== 0));
    const keyOf = ({ publicKey: { modulus, publicExponent } }: Group): CoseKey => ({
      alg: "RS256",
      n: trimmed(hex(modulus)),
      e: trimmed(hex(publicExponent)),
    });
    expect(await verdicts("rsa_signature_2048_sha256_test", keyOf, "raw")).toEqual([]);
  });
});
