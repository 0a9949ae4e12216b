import { createHmac, createSecretKey, hkdfSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { CryptoError } from "./errors.ts";
import { importMaterial } from "./material/import-material.ts";
import { aesKeyUnwrap, aesKeyWrap, type KeyWrapForm } from "./provider/aes-key-wrap.ts";
import { rootAead as aes } from "./provider/crypto.ts";
import { parseVerifyingKey } from "./signing/verifying-key.ts";

const folder = process.env.HOLDFAST_VECTORS ?? fileURLToPath(new URL("../../../../shared/vectors", import.meta.url));
const present = existsSync(`${folder}/crypto`);
if (!present) console.info("crypto vectors skipped: no vectors");

const hex = (text: string): Buffer => Buffer.from(text, "hex");

/** Counts what ran, prints it, and insists that something did. */
function report(name: string, counts: Record<string, number>): void {
  console.info(
    `${name}: ${Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(", ")}`,
  );
  expect(counts.accepted).toBeGreaterThan(0);
}

interface WycheproofTest {
  readonly tcId: number;
  readonly result: "valid" | "invalid" | "acceptable";
  readonly flags: readonly string[];
  readonly [field: string]: unknown;
}

function* wycheproof(
  file: string,
): Generator<{ group: Record<string, unknown>; entry: WycheproofTest & Record<string, string> }> {
  const { testGroups } = JSON.parse(readFileSync(`${folder}/crypto/wycheproof/${file}_test.json`, "utf8"));
  for (const group of testGroups) for (const entry of group.tests) yield { group, entry };
}

function* acvp(set: string): Generator<{ group: Record<string, unknown>; entry: Record<string, string> }> {
  const { testGroups } = JSON.parse(
    gunzipSync(readFileSync(`${folder}/crypto/acvp/${set}/internalProjection.json.gz`)).toString(),
  );
  for (const group of testGroups) for (const entry of group.tests) yield { group, entry };
}

function codeOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return error instanceof CryptoError ? error.code : `not ours: ${String(error)}`;
  }
  return "ok";
}

describe.runIf(present)("published vectors", () => {
  test("Wycheproof AES-GCM: 256-bit keys, 96-bit IVs and 128-bit tags answer as published, all else is refused by policy", () => {
    const counts = { accepted: 0, refused: 0, "refused by policy": 0 };
    for (const { group, entry } of wycheproof("aes_gcm")) {
      const parts = { iv: hex(entry.iv ?? ""), ciphertext: hex(entry.ct ?? ""), tag: hex(entry.tag ?? "") };
      const secret = createSecretKey(hex(entry.key ?? ""));
      const bytes = hex(entry.key ?? "");
      const attributes = {
        id: { keyId: `k_${"a".repeat(26)}`, version: 1 },
        usages: ["encrypt", "decrypt"],
        extractable: false,
        type: "symmetric-key",
        algorithm: "AES-256",
      } as const;
      if (group.keySize !== 256) {
        expect(
          codeOf(() => importMaterial(bytes, "raw", attributes)),
          `tc ${entry.tcId}`,
        ).toBe("E_CRYPTO_KEY");
        counts["refused by policy"] += 1;
        continue;
      }
      const handle = importMaterial(bytes, "raw", attributes);
      const open = () => handle.decryptSync(parts, hex(entry.aad ?? ""));
      const inPolicy = group.ivSize === 96 && group.tagSize === 128;
      if (!inPolicy) {
        expect(codeOf(open), `tc ${entry.tcId}`).toBe("E_DECRYPT");
        counts["refused by policy"] += 1;
      } else if (entry.result === "valid") {
        expect(open().toString("hex"), `tc ${entry.tcId}`).toBe(entry.msg);
        const again = aes.seal(secret, parts.iv, [hex(entry.aad ?? "")], hex(entry.msg ?? ""));
        expect(again).toEqual({ ciphertext: parts.ciphertext, tag: parts.tag });
        counts.accepted += 1;
      } else {
        expect(codeOf(open), `tc ${entry.tcId}`).toBe("E_DECRYPT");
        counts.refused += 1;
      }
    }
    report("Wycheproof AES-GCM", counts);
  });

  test("ACVP AES-GCM sample: its 128-bit keys are refused by policy", () => {
    let refused = 0;
    for (const { entry } of acvp("ACVP-AES-GCM-1.0")) {
      const attributes = {
        id: { keyId: `k_${"a".repeat(26)}`, version: 1 },
        usages: ["decrypt"],
        extractable: false,
        type: "symmetric-key",
        algorithm: "AES-256",
      } as const;
      expect(codeOf(() => importMaterial(hex(entry.key ?? ""), "raw", attributes))).toBe("E_CRYPTO_KEY");
      refused += 1;
    }
    console.info(`ACVP AES-GCM: ${refused} refused by policy`);
    expect(refused).toBeGreaterThan(0);
  });

  test("ACVP HMAC-SHA2-256", () => {
    const counts = { accepted: 0 };
    for (const { entry } of acvp("HMAC-SHA2-256-2.0")) {
      const mac = createHmac("sha256", hex(entry.key ?? ""))
        .update(hex(entry.msg ?? ""))
        .digest("hex");
      expect(mac.slice(0, Number(entry.macLen) / 4).toUpperCase()).toBe(entry.mac);
      counts.accepted += 1;
    }
    report("ACVP HMAC-SHA2-256", counts);
  });

  test("ACVP signature verification for P-256 with SHA2-256 and for Ed25519", () => {
    const counts = { accepted: 0, refused: 0 };
    const count = (verified: boolean, entry: Record<string, string>) => {
      expect(verified, `tc ${entry.tcId}`).toBe(entry.testPassed);
      counts[verified ? "accepted" : "refused"] += 1;
    };
    for (const { group, entry } of acvp("ECDSA-SigVer-FIPS186-5")) {
      if (group.curve !== "P-256" || group.hashAlg !== "SHA2-256") continue;
      const key = parseVerifyingKey(
        hex(`3059301306072a8648ce3d020106082a8648ce3d03010703420004${entry.qx}${entry.qy}`),
      );
      count(key.verify(hex(`${entry.r}${entry.s}`), hex(entry.message ?? "")), entry);
    }
    for (const { group, entry } of acvp("EDDSA-SigVer-1.0")) {
      if (group.curve !== "ED-25519" || group.preHash !== false) continue;
      const verified =
        codeOf(() => parseVerifyingKey(hex(`302a300506032b6570032100${entry.q}`))) === "ok" &&
        parseVerifyingKey(hex(`302a300506032b6570032100${entry.q}`)).verify(
          hex(entry.signature ?? ""),
          hex(entry.message ?? ""),
        );
      count(verified, entry);
    }
    report("ACVP signature verification", counts);
  });

  test.each([
    ["aes_wrap", "KW"],
    ["aes_kwp", "KWP"],
  ] as const)("Wycheproof %s", (file, form: KeyWrapForm) => {
    const counts = { accepted: 0, refused: 0, "refused by policy": 0 };
    for (const { entry } of wycheproof(file)) {
      const key = createSecretKey(hex(entry.key ?? ""));
      const wrapped = hex(entry.ct ?? "");
      const code = codeOf(() => aesKeyUnwrap(form, key, wrapped));
      if (entry.result === "valid") {
        expect(aesKeyUnwrap(form, key, wrapped).toString("hex"), `tc ${entry.tcId}`).toBe(entry.msg);
        expect(aesKeyWrap(form, key, hex(entry.msg ?? "")).toString("hex"), `tc ${entry.tcId}`).toBe(entry.ct);
        counts.accepted += 1;
      } else if (entry.result === "acceptable" && code === "ok") {
        expect(aesKeyUnwrap(form, key, wrapped).toString("hex"), `tc ${entry.tcId}`).toBe(entry.msg);
        counts.accepted += 1;
      } else {
        expect(code, `tc ${entry.tcId}`).toBe("E_DECRYPT");
        counts[entry.result === "acceptable" ? "refused by policy" : "refused"] += 1;
      }
    }
    report(`Wycheproof ${file}`, counts);
  });

  test("Wycheproof HKDF-SHA-256", () => {
    const counts = { accepted: 0, refused: 0 };
    for (const { entry } of wycheproof("hkdf_sha256")) {
      const derive = () =>
        Buffer.from(
          hkdfSync("sha256", hex(entry.ikm ?? ""), hex(entry.salt ?? ""), hex(entry.info ?? ""), Number(entry.size)),
        );
      if (entry.result === "valid") {
        expect(derive().toString("hex"), `tc ${entry.tcId}`).toBe(entry.okm);
        counts.accepted += 1;
      } else {
        expect(derive, `tc ${entry.tcId}`).toThrow();
        counts.refused += 1;
      }
    }
    report("Wycheproof HKDF-SHA-256", counts);
  });

  test("Wycheproof HMAC-SHA-256", () => {
    const counts = { accepted: 0, refused: 0 };
    for (const { group, entry } of wycheproof("hmac_sha256")) {
      const mac = createHmac("sha256", hex(entry.key ?? ""))
        .update(hex(entry.msg ?? ""))
        .digest();
      const equal = mac.subarray(0, Number(group.tagSize) / 8).toString("hex") === entry.tag;
      expect(equal, `tc ${entry.tcId}`).toBe(entry.result === "valid");
      counts[equal ? "accepted" : "refused"] += 1;
    }
    report("Wycheproof HMAC-SHA-256", counts);
  });

  test.each([
    ["ecdsa_secp256r1_sha256_p1363", "raw"],
    ["ecdsa_secp256r1_sha256", "der"],
    ["ed25519", "raw"],
  ] as const)("Wycheproof %s verification", (file, form) => {
    const counts = { accepted: 0, refused: 0 };
    for (const { group, entry } of wycheproof(file)) {
      const key = parseVerifyingKey(hex(group.publicKeyDer as string));
      const verified = key.verify(hex(entry.sig ?? ""), hex(entry.msg ?? ""), form);
      expect(verified, `tc ${entry.tcId}`).toBe(entry.result === "valid");
      counts[verified ? "accepted" : "refused"] += 1;
    }
    report(`Wycheproof ${file}`, counts);
  });

  test("key check values match the published table", () => {
    const { vectors } = JSON.parse(readFileSync(`${folder}/crypto/local/kcv.json`, "utf8"));
    const entry = vectors.find((vector: { alg: string }) => vector.alg === "AES-256");
    const id = { keyId: `k_${"a".repeat(26)}`, version: 1 };
    const attributes = {
      id,
      usages: ["encrypt"],
      extractable: false,
      type: "symmetric-key",
      algorithm: "AES-256",
    } as const;
    expect(importMaterial(hex(entry.key), "raw", attributes).checkValue()).toBe(entry.legacyEcbZero3.toUpperCase());
  });
});
