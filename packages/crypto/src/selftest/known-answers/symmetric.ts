import { createSecretKey, hash } from "node:crypto";
import type { CipherMode, CipherRun } from "../../policy/cipher-params.ts";
import { algorithmNamed } from "../../provider/crypto.ts";
import { hex, is, type KnownAnswer } from "./known-answer.ts";

const AES_256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
const BLOCK = "6bc1bee22e409f96e93d7e117393172a";
const KEY_32 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

interface Case {
  readonly algorithm: string;
  readonly mode: CipherMode;
  readonly key: string;
  readonly iv?: string;
  readonly aad?: string;
  readonly plaintext: string;
  readonly ciphertext: string;
  readonly tag?: string;
}

/** Encrypts to the published ciphertext and back, by the primitive that every operation ends in. */
function ciphers({ algorithm, mode, key, iv = "", aad = "", plaintext, ciphertext, tag }: Case): boolean {
  const secret = createSecretKey(hex(key));
  const use = algorithmNamed(algorithm).modeOf?.(mode, secret);
  if (!use) return false;
  const tagBytes = (tag?.length ?? 0) / 2;
  const run = (given: string | undefined): CipherRun => ({
    iv: hex(iv),
    aad: hex(aad),
    tagBytes,
    tag: given === undefined ? null : hex(given),
    params: { mode },
  });
  const through = (data: Buffer, encrypting: boolean): { output: Buffer; tag: Buffer } => {
    const { whole, start } = use;
    const given = run(encrypting ? undefined : tag);
    if (whole) return { tag: Buffer.alloc(0), ...whole(secret, given, data, encrypting) };
    if (!start) throw new TypeError("A mode runs somehow.");
    const stream = start(secret, given, encrypting);
    const output = Buffer.concat([stream.update(data), stream.final()]);
    return { output, tag: stream.tag() };
  };
  const sealed = through(hex(plaintext), true);
  const opened = through(hex(ciphertext), false).output;
  return is(sealed.output, ciphertext) && is(sealed.tag, tag ?? "") && is(opened, plaintext);
}

const cipher = (name: string, source: string, each: Case, only?: RegExp): KnownAnswer => ({
  name,
  source,
  holds: () => ciphers(each),
  ...(only === undefined ? {} : { only }),
});

const authenticates = (algorithm: string, kind: string, key: Buffer, data: Buffer, answer: string): boolean => {
  const mac = algorithmNamed(algorithm).macs?.find((each) => each.algorithm === kind);
  return mac !== undefined && is(mac.compute(createSecretKey(key), data, Buffer.alloc(0)), answer);
};

/** Hash functions, MACs and ciphers. */
export const symmetricAnswers: readonly KnownAnswer[] = [
  {
    name: "SHA-256",
    source: "FIPS 180-4 example abc",
    holds: () => hash("sha256", "abc") === "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  },
  {
    name: "SHA-512",
    source: "FIPS 180-4 example abc",
    holds: () =>
      hash("sha512", "abc") ===
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  },
  {
    name: "SHA3-256",
    source: "FIPS 202 example abc",
    holds: () => hash("sha3-256", "abc") === "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
  },
  {
    name: "HMAC-SHA-256",
    source: "RFC 4231 case 2",
    holds: () =>
      authenticates(
        "HMAC-SHA256",
        "HMAC",
        Buffer.from("Jefe"),
        Buffer.from("what do ya want for nothing?"),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      ),
  },
  {
    name: "AES-CMAC",
    source: "RFC 4493 example 2",
    holds: () =>
      authenticates(
        "AES-128",
        "CMAC",
        hex("2b7e151628aed2a6abf7158809cf4f3c"),
        hex(BLOCK),
        "070a16b46b4d4144f79bdd9dd04a287c",
      ),
  },
  cipher("AES-256-GCM", "GCM specification, test case 16", {
    algorithm: "AES-256",
    mode: "GCM",
    key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
    iv: "cafebabefacedbaddecaf888",
    aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    plaintext:
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    ciphertext:
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
    tag: "76fc6ece0f4e1768cddf8853bb2d551b",
  }),
  cipher("AES-128-CCM", "SP 800-38C example 1", {
    algorithm: "AES-128",
    mode: "CCM",
    key: "404142434445464748494a4b4c4d4e4f",
    iv: "10111213141516",
    aad: "0001020304050607",
    plaintext: "20212223",
    ciphertext: "7162015b",
    tag: "4dac255d",
  }),
  cipher("AES-256-CBC", "SP 800-38A F.2.5", {
    algorithm: "AES-256",
    mode: "CBC",
    key: AES_256,
    iv: "000102030405060708090a0b0c0d0e0f",
    plaintext: BLOCK,
    ciphertext: "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
  }),
  cipher("AES-256-CTR", "SP 800-38A F.5.5", {
    algorithm: "AES-256",
    mode: "CTR",
    key: AES_256,
    iv: "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
    plaintext: BLOCK,
    ciphertext: "601ec313775789a5b7a7f504bbf3d228",
  }),
  cipher("AES-256-KW", "RFC 3394 section 4.6", {
    algorithm: "AES-256",
    mode: "KW",
    key: KEY_32,
    plaintext: "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
    ciphertext: "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
  }),
  cipher("AES-192-KWP", "RFC 5649 section 6", {
    algorithm: "AES-192",
    mode: "KWP",
    key: "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8",
    plaintext: "c37b7e6492584340bed12207808941155068f738",
    ciphertext: "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
  }),
  cipher(
    "AES-256-XTS",
    "Wycheproof aes_xts test 123",
    {
      algorithm: "AES-256-XTS",
      mode: "XTS",
      key: "27faf97fb303aa4f2f364edd23997f4c77b8e51ebb8293c59dfb1d24f0fb629f6c820fc2d91bf48f0035eeec347e37ec4fb0cb36102bcdc5a248c47a2f97eab9",
      iv: "db8b2586214516c2fc656a3736f29e3b",
      plaintext: "6b1db0f5a43376885002dc98bd556f1dac9b66b66213a9fa6069df995a123384",
      ciphertext: "330dbac070c68d68ed49e8ed1827fad7d89eaae55468db5edf488f9647dbcbc9",
    },
    /-XTS$/,
  ),
  cipher(
    "3DES-ECB",
    "SP 800-67 appendix B.1",
    {
      algorithm: "3DES",
      mode: "ECB",
      key: "0123456789abcdef23456789abcdef01456789abcdef0123",
      plaintext: Buffer.from("The qufck brown fox jump").toString("hex"),
      ciphertext: "a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900",
    },
    /^3DES$/,
  ),
  cipher(
    "ChaCha20-Poly1305",
    "RFC 8439 section 2.8.2",
    {
      algorithm: "ChaCha20-Poly1305",
      mode: "CHACHA20-POLY1305",
      key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
      iv: "070000004041424344454647",
      aad: "50515253c0c1c2c3c4c5c6c7",
      plaintext: Buffer.from(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
      ).toString("hex"),
      ciphertext:
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116",
      tag: "1ae10b594f09e26a7e902ecbd0600691",
    },
    /^ChaCha20/,
  ),
];
