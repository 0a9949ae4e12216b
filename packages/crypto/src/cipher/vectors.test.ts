import { describe, expect, test } from "vitest";
import { exportMaterial, wrapMaterial } from "../egress.ts";
import { importTransparent } from "../material/import-transparent.ts";
import { ALL, attributesOf, derivedSecret, privateKey, secretKey } from "../testing/test-keys.ts";
import { acvp, codeOf, hex, readVectorFile, Tally, vectorsPresent, wycheproof } from "../testing/vector-sets.ts";
import { unwrapKey } from "../wrapping/unwrap-key.ts";
import { decryptWith, encryptWith } from "./encrypt-with.ts";

describe.runIf(vectorsPresent)("published vectors of ciphers", () => {
  test("Wycheproof AES-GCM: every key, IV and tag size there is, and without a permit only the current ones", () => {
    const tally = new Tally("Wycheproof aes_gcm");
    for (const { group, entry } of wycheproof("aes_gcm")) {
      const what = `tc ${entry.tcId}`;
      const key = secretKey(`AES-${group.keySize}`, hex(entry.key));
      const params = { mode: "GCM", iv: hex(entry.iv), aad: hex(entry.aad), tag: hex(entry.tag) } as const;
      const open = (permit?: typeof ALL) => decryptWith(key, params, hex(entry.ct), permit);
      const current = Number(group.ivSize) === 96 && Number(group.tagSize) === 128;
      if (!current) expect(codeOf(open), what).toBe("E_DECRYPT");
      if (params.iv.byteLength > 128) {
        expect(
          codeOf(() => open(ALL)),
          what,
        ).toBe("E_DECRYPT");
        tally.byPolicy("IV above 1024 bits");
        continue;
      }
      if (entry.result !== "valid") {
        expect(
          codeOf(() => open(ALL)),
          what,
        ).toBe("E_DECRYPT");
        tally.refused();
        continue;
      }
      expect(open(ALL).toString("hex"), what).toBe(entry.msg);
      const given = { mode: "GCM", iv: params.iv, aad: params.aad } as const;
      const sealed = codeOf(() => {
        const { ciphertext, tag } = encryptWith(key, given, hex(entry.msg), ALL);
        expect(Buffer.concat([ciphertext, tag ?? Buffer.alloc(0)])).toEqual(Buffer.concat([hex(entry.ct), params.tag]));
      });
      expect(["ok", "E_CRYPTO_IV"], what).toContain(sealed); // sets repeat keys with their IVs
      tally.accepted();
    }
    tally.end();
  });

  test("ACVP AES-GCM", () => {
    const tally = new Tally("ACVP AES-GCM");
    for (const { group, entry } of acvp("ACVP-AES-GCM-1.0")) {
      const key = secretKey(`AES-${group.keyLen}`, hex(entry.key));
      const given = { mode: "GCM", iv: hex(entry.iv), aad: hex(entry.aad) } as const;
      if (group.direction === "encrypt") {
        const made = encryptWith(key, { ...given, tagBytes: Number(group.tagLen) / 8 }, hex(entry.pt), ALL);
        expect(made.ciphertext).toEqual(hex(entry.ct));
        expect(made.tag).toEqual(hex(entry.tag));
        tally.accepted();
      } else {
        const open = () => decryptWith(key, { ...given, tag: hex(entry.tag) }, hex(entry.ct), ALL);
        const code = codeOf(open);
        tally.verdict(code === "ok", entry.testPassed as unknown as boolean, `tc ${entry.tcId}: ${code}`);
        if (code === "ok") expect(open()).toEqual(hex(entry.pt));
      }
    }
    tally.end();
  });

  test("Wycheproof AES-CBC with PKCS#5 padding, one answer for every fault", () => {
    const tally = new Tally("Wycheproof aes_cbc_pkcs5");
    for (const { group, entry } of wycheproof("aes_cbc_pkcs5")) {
      const key = secretKey(`AES-${group.keySize}`, hex(entry.key));
      const params = { mode: "CBC", iv: hex(entry.iv) } as const;
      const code = codeOf(() => decryptWith(key, params, hex(entry.ct)));
      if (entry.result !== "valid") expect(code).toBe("E_DECRYPT");
      tally.verdict(code === "ok", entry.result === "valid", `tc ${entry.tcId}`);
      if (code !== "ok") continue;
      expect(decryptWith(key, params, hex(entry.ct)).toString("hex")).toBe(entry.msg);
      expect(encryptWith(key, params, hex(entry.msg), ALL).ciphertext.toString("hex")).toBe(entry.ct);
    }
    tally.end();
  });

  test.each(["CBCGFSbox256", "CBCVarKey256"])("CAVP %s", (file) => {
    const tally = new Tally(`CAVP ${file}`);
    for (const block of readVectorFile(`cavp/${file}.rsp`).split(/\r?\n\r?\n/)) {
      const field = (name: string) => new RegExp(`^${name} = ([0-9a-f]+)`, "m").exec(block)?.[1];
      if (field("KEY") === undefined) continue;
      const key = secretKey("AES-256", hex(field("KEY")));
      const params = { mode: "CBC", padding: "none", iv: hex(field("IV")) } as const;
      expect(encryptWith(key, params, hex(field("PLAINTEXT")), ALL).ciphertext).toEqual(hex(field("CIPHERTEXT")));
      expect(decryptWith(key, params, hex(field("CIPHERTEXT")))).toEqual(hex(field("PLAINTEXT")));
      tally.accepted();
    }
    tally.end();
  });

  test("Wycheproof AES-XTS: 128- and 256-bit keys with the whole tweak, shorter ones filled with zeros", () => {
    const tally = new Tally("Wycheproof aes_xts");
    for (const { group, entry } of wycheproof("aes_xts")) {
      if (group.keySize === 384) {
        tally.byPolicy("AES-192 is not an XTS cipher: SP 800-38E");
        continue;
      }
      const key = secretKey(`AES-${Number(group.keySize) / 2}-XTS`, hex(entry.key));
      const iv = Buffer.alloc(16);
      hex(entry.iv).copy(iv); // a data unit number, little-endian
      expect(encryptWith(key, { mode: "XTS", iv }, hex(entry.msg)).ciphertext.toString("hex")).toBe(entry.ct);
      expect(decryptWith(key, { mode: "XTS", iv }, hex(entry.ct)).toString("hex")).toBe(entry.msg);
      tally.accepted();
    }
    tally.end();
  });

  test.each([
    ["aes_wrap", "KW"],
    ["aes_kwp", "KWP"],
  ] as const)("Wycheproof %s, keys under keys", (file, mode) => {
    const tally = new Tally(`Wycheproof ${file}`);
    for (const { group, entry } of wycheproof(file)) {
      const wrapping = secretKey(`AES-${group.keySize}`, hex(entry.key));
      const unwrap = () =>
        unwrapKey(
          wrapping,
          { mode },
          hex(entry.ct),
          "raw",
          derivedSecret(entry.msg?.length ? entry.msg.length / 2 : 1),
        );
      const code = codeOf(unwrap);
      if (code === "ok") expect(exportMaterial(unwrap()).toString("hex"), `tc ${entry.tcId}`).toBe(entry.msg);
      if (entry.result === "acceptable") {
        tally.byPolicy(code === "ok" ? "acceptable, taken" : "acceptable: less than two blocks, SP 800-38F");
        continue;
      }
      tally.verdict(code === "ok", entry.result === "valid", `tc ${entry.tcId} ${code}`);
      if (code !== "ok") expect(code).toBe("E_DECRYPT");
      else expect(wrapMaterial(wrapping, { mode }, hex(entry.msg)).ciphertext.toString("hex")).toBe(entry.ct);
    }
    tally.end();
  });

  test.each(["rsa_oaep_2048_sha256_mgf1sha256", "rsa_oaep_3072_sha256_mgf1sha256", "rsa_oaep_4096_sha512_mgf1sha512"])(
    "Wycheproof %s",
    (file) => {
      const tally = new Tally(`Wycheproof ${file}`);
      const vectors = wycheproof(file);
      const key = privateKey("RSA", hex(vectors[0]?.group.privateKeyPkcs8));
      for (const { group, entry } of vectors) {
        const params = { mode: "RSA-OAEP", hash: group.sha as "SHA-256", label: hex(entry.label) } as const;
        const code = codeOf(() => decryptWith(key, params, hex(entry.ct)));
        if (code !== "ok") expect(code).toBe("E_DECRYPT");
        else expect(decryptWith(key, params, hex(entry.ct)).toString("hex")).toBe(entry.msg);
        tally.verdict(code === "ok", entry.result === "valid", `tc ${entry.tcId}`);
      }
      tally.end();
    },
  );

  test("ACVP KTS-IFC: OAEP of keys to a party", () => {
    const tally = new Tally("ACVP KTS-IFC");
    for (const { group, entry } of acvp("KTS-IFC-Sp800-56Br2")) {
      const { hashAlg, associatedDataPattern } = group.ktsConfiguration as unknown as Record<string, string>;
      const [receiver, sender] = group.kasRole === "responder" ? ["iut", "server"] : ["server", "iut"];
      const of = (name: string) => hex(entry[`${receiver}${name}`]);
      const key = importTransparent(
        { n: of("N"), e: of("E"), d: of("D"), p: of("P"), q: of("Q") },
        attributesOf("RSA", "private-key"),
      );
      const bits = Buffer.alloc(4);
      bits.writeUInt32BE(Number(group.l));
      const ids = [hex(group[`${sender}Id`]), hex(group[`${receiver}Id`])];
      const { label: own } = entry.ktsParameter as unknown as { label?: string };
      const label = associatedDataPattern === "" ? Buffer.alloc(0) : Buffer.concat([bits, ...ids, hex(own)]);
      const params = { mode: "RSA-OAEP", hash: hashAlg === "SHA-1" ? "SHA-1" : "SHA-512", label } as const;
      const ciphertext = hex(entry[group.kasRole === "responder" ? "serverC" : "iutC"]);
      const transported = hex(entry[group.kasRole === "responder" ? "serverK" : "iutK"]);
      expect(decryptWith(key, params, ciphertext), `tc ${entry.tcId}`).toEqual(transported);
      tally.accepted();
    }
    tally.end();
  });
});
