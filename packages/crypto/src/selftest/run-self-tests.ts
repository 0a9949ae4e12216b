import { createHmac, createSecretKey, hash, hkdfSync } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { aesKeyUnwrap, aesKeyWrap } from "../provider/aes-key-wrap.ts";
import { rootAead } from "../provider/crypto.ts";
import { parseVerifyingKey } from "../signing/verifying-key.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");

/** One known-answer test: true when the runtime still computes what the standard says. */
interface KnownAnswer {
  readonly name: string;
  readonly source: string;
  readonly holds: () => boolean;
}

const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  {
    name: "SHA-256",
    source: "FIPS 180-4 example abc",
    holds: () => hash("sha256", "abc") === "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  },
  {
    name: "HMAC-SHA-256",
    source: "RFC 4231 case 2",
    holds: () =>
      createHmac("sha256", "Jefe").update("what do ya want for nothing?").digest("hex") ===
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  },
  {
    name: "HKDF-SHA-256",
    source: "RFC 5869 A.1",
    holds: () =>
      Buffer.from(
        hkdfSync("sha256", Buffer.alloc(22, 0x0b), hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"), 42),
      ).toString("hex") === "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  },
  {
    name: "AES-256-GCM",
    source: "GCM specification, test case 16",
    holds: aesGcm,
  },
  { name: "AES-256-KW", source: "RFC 3394 section 4.6", holds: aesKw },
  {
    name: "ECDSA P-256 verify",
    source: "RFC 6979 A.2.5",
    holds: () =>
      verifies(
        "3059301306072a8648ce3d020106082a8648ce3d0301070342000460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        "sample",
      ),
  },
  {
    name: "Ed25519 verify",
    source: "RFC 8032 section 7.1 test 1",
    holds: () =>
      verifies(
        "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "",
      ),
  },
];

function aesGcm(): boolean {
  const key = createSecretKey(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const iv = hex("cafebabefacedbaddecaf888");
  const aad = [hex("feedfacedeadbeeffeedfacedeadbeefabaddad2")];
  const plaintext = hex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
  );
  const { ciphertext, tag } = rootAead.seal(key, iv, aad, plaintext);
  return (
    ciphertext.toString("hex") ===
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" &&
    tag.toString("hex") === "76fc6ece0f4e1768cddf8853bb2d551b" &&
    rootAead.open(key, { iv, ciphertext, tag }, aad).equals(plaintext)
  );
}

function aesKw(): boolean {
  const key = createSecretKey(hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
  const material = hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
  const wrapped = aesKeyWrap("KW", key, material);
  return (
    wrapped.toString("hex") === "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21" &&
    aesKeyUnwrap("KW", key, wrapped).equals(material)
  );
}

/** True when the signature verifies and no longer does with one bit changed. */
function verifies(spki: string, signature: string, message: string): boolean {
  const key = parseVerifyingKey(hex(spki));
  const good = hex(signature);
  const bad = Buffer.from(good);
  bad.writeUInt8(bad.readUInt8(10) ^ 1, 10);
  return key.verify(good, Buffer.from(message)) && !key.verify(bad, Buffer.from(message));
}

/**
 * Runs every known-answer test; the agent calls it before it opens a listener and again on request.
 *
 * @returns The names of the tests that ran, each with the standard its answer comes from.
 * @throws {@link CryptoError} `E_SELFTEST` naming the first test that failed; Caller must: stop
 */
export function runSelfTests(): readonly {
  readonly name: string;
  readonly source: string;
}[] {
  for (const { name, holds } of KNOWN_ANSWERS) {
    if (!held(holds)) throw new CryptoError("E_SELFTEST", undefined, { test: name });
  }
  return KNOWN_ANSWERS.map(({ name, source }) => ({ name, source }));
}

function held(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}
