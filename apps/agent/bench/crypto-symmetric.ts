import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  hash as nodeHash,
  pbkdf2Sync,
  randomBytes,
} from "node:crypto";
import {
  type CipherParams,
  decryptWith,
  derive,
  digest,
  encryptWith,
  generateKey,
  type HashAlgorithm,
  importMaterial,
  type KeyHandle,
  type KeyUsage,
  mac,
  openWithKey,
  sealWithKey,
  verifyMac,
} from "@holdfast/crypto";
import type { CryptoRow } from "./crypto-pair.ts";

const ID = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
const PERMIT = { legacy: true, givenIv: true };
const text = randomBytes(1024);
const material = randomBytes(32);
const iv12 = randomBytes(12);
const iv16 = randomBytes(16);

/** The same key, as a handle and as the runtime's own object. */
function keyOf(algorithm: string, bytes: number, usages: readonly KeyUsage[]): { handle: KeyHandle; key: KeyObject } {
  const secret = randomBytes(bytes);
  const attributes = { id: ID, usages, extractable: false, type: "symmetric-key", algorithm } as const;
  return { handle: importMaterial(secret, "raw", attributes), key: createSecretKey(secret) };
}

/** The runtime's ciphers under one face, whatever the mode. */
interface AnyCipher {
  setAAD(aad: Buffer, options: object): unknown;
  setAuthTag(tag: Buffer): unknown;
  update(data: Uint8Array): Buffer;
  final(): Buffer;
  getAuthTag(): Buffer;
}
type MakeCipher = (name: string, key: KeyObject, iv: Buffer | null, options?: object) => AnyCipher;
const makeCipher = createCipheriv as unknown as MakeCipher;
const makeDecipher = createDecipheriv as unknown as MakeCipher;

/** Encrypting and decrypting by both. */
function cipherRows(
  algorithm: string,
  bytes: number,
  { params, cipher, iv, tagBytes, data = text }: ModeRow,
): CryptoRow[] {
  const { handle, key } = keyOf(algorithm, bytes, ["encrypt", "decrypt"]);
  const options = tagBytes === undefined ? undefined : { authTagLength: tagBytes };
  const run = (made: AnyCipher, input: Buffer): Buffer => {
    if (params.mode === "CCM") made.setAAD(Buffer.alloc(0), { plaintextLength: input.length });
    const body = made.update(input);
    const end = made.final();
    return end.length === 0 ? body : Buffer.concat([body, end]);
  };
  const seal = (): { body: Buffer; tag: Buffer | undefined } => {
    const made = makeCipher(cipher, key, iv, options);
    return { body: run(made, data), tag: tagBytes === undefined ? undefined : made.getAuthTag() };
  };
  const sealed = seal();
  const opening = () => {
    const made = makeDecipher(cipher, key, iv, options);
    if (sealed.tag !== undefined) made.setAuthTag(sealed.tag);
    return run(made, sealed.body);
  };
  const given = encryptWith(handle, params, data, PERMIT);
  const how = { ...params, ...(given.iv && { iv: given.iv }), ...(given.tag && { tag: given.tag }) };
  const title = params.mode + (data === text ? "" : `, ${data.length} B`);
  let encrypting = handle;
  const encrypt = () => {
    try {
      return encryptWith(encrypting, params, data, PERMIT);
    } catch (error) {
      if ((error as { code?: string }).code !== "E_CRYPTO_LIMIT") throw error;
      encrypting = keyOf(algorithm, bytes, ["encrypt", "decrypt"]).handle; // Triple DES takes 2^20 blocks a key
      return encryptWith(encrypting, params, data, PERMIT);
    }
  };
  return [
    { algorithm, what: `${title} encrypt`, ours: encrypt, raw: seal },
    {
      algorithm,
      what: `${title} decrypt`,
      ours: () => decryptWith(handle, how, given.ciphertext, PERMIT),
      raw: opening,
    },
  ];
}

interface ModeRow {
  readonly params: CipherParams;
  readonly cipher: string;
  readonly iv: Buffer | null;
  readonly tagBytes?: number;
  readonly data?: Buffer;
}

function aesModes(bits: number): ModeRow[] {
  const feedback = (["CBC", "CTR", "CFB", "CFB8", "OFB"] as const).map((mode) => ({
    params: { mode },
    cipher: `aes-${bits}-${mode.toLowerCase()}`,
    iv: iv16,
  }));
  return [
    { params: { mode: "GCM" }, cipher: `aes-${bits}-gcm`, iv: iv12, tagBytes: 16 },
    { params: { mode: "CCM" }, cipher: `aes-${bits}-ccm`, iv: iv12, tagBytes: 16 },
    ...feedback,
    { params: { mode: "ECB" }, cipher: `aes-${bits}-ecb`, iv: null },
    {
      params: { mode: "KW" },
      cipher: `id-aes${bits}-wrap`,
      iv: Buffer.alloc(8, 0xa6),
      data: material,
    },
    { params: { mode: "KWP" }, cipher: `id-aes${bits}-wrap-pad`, iv: Buffer.from("a65959a6", "hex"), data: material },
  ];
}

function aesRows(bits: number): CryptoRow[] {
  const algorithm = `AES-${bits}`;
  const { handle, key } = keyOf(algorithm, bits / 8, ["encrypt", "decrypt"]);
  const sealed = sealWithKey(handle, text);
  const authenticating = keyOf(algorithm, bits / 8, ["mac", "verifymac"]);
  const name = `aes-${bits}-gcm` as "aes-256-gcm";
  const options = { authTagLength: 16 };
  const seal = () => {
    const cipher = createCipheriv(name, key, iv12, options);
    const body = cipher.update(text);
    cipher.final();
    return { body, tag: cipher.getAuthTag() };
  };
  const made = seal();
  const cbc = () => createCipheriv(`aes-${bits}-cbc`, authenticating.key, iv16).setAutoPadding(false).update(text);
  const gmac = () => {
    const cipher = createCipheriv(name, authenticating.key, iv12, options);
    cipher.setAAD(text);
    cipher.final();
    return cipher.getAuthTag();
  };
  return [
    { algorithm, what: "sealed form, encrypt", ours: () => sealWithKey(handle, text), raw: seal },
    {
      algorithm,
      what: "sealed form, decrypt",
      ours: () => openWithKey(handle, sealed),
      raw: () => {
        const decipher = createDecipheriv(name, key, iv12, options);
        decipher.setAuthTag(made.tag);
        const body = decipher.update(made.body);
        decipher.final();
        return body;
      },
    },
    ...aesModes(bits).flatMap((mode) => cipherRows(algorithm, bits / 8, mode)),
    {
      algorithm,
      what: "CMAC",
      ours: () => mac(authenticating.handle, { algorithm: "CMAC" }, text),
      raw: cbc,
      yardstick: "AES-CBC of the same bytes",
    },
    { algorithm, what: "GMAC", ours: () => mac(authenticating.handle, { algorithm: "GMAC" }, text), raw: gmac },
  ];
}

const HMACS: readonly (readonly [algorithm: string, runtime: string])[] = [
  ["HMAC-MD5", "md5"],
  ["HMAC-SHA1", "sha1"],
  ["HMAC-SHA224", "sha224"],
  ["HMAC-SHA256", "sha256"],
  ["HMAC-SHA384", "sha384"],
  ["HMAC-SHA512", "sha512"],
  ["HMAC-SHA512-224", "sha512-224"],
  ["HMAC-SHA512-256", "sha512-256"],
  ["HMAC-SHA3-224", "sha3-224"],
  ["HMAC-SHA3-256", "sha3-256"],
  ["HMAC-SHA3-384", "sha3-384"],
  ["HMAC-SHA3-512", "sha3-512"],
];

function hmacRows(algorithm: string, runtime: string): CryptoRow[] {
  const { handle, key } = keyOf(algorithm, 32, ["mac", "verifymac"]);
  const params = { algorithm: "HMAC" } as const;
  const code = mac(handle, params, text, PERMIT).mac;
  const raw = () => createHmac(runtime, key).update(text).digest();
  return [
    { algorithm, what: "MAC", ours: () => mac(handle, params, text, PERMIT), raw },
    { algorithm, what: "MAC, verify", ours: () => verifyMac(handle, params, text, code, PERMIT), raw },
  ];
}

const DIGESTS: readonly (readonly [hash: HashAlgorithm, runtime: string])[] = [
  ["SHA-256", "sha256"],
  ["SHA-384", "sha384"],
  ["SHA-512", "sha512"],
  ["SHA3-256", "sha3-256"],
];

function derivationRows(): CryptoRow[] {
  const { handle, key } = keyOf("HMAC-SHA256", 32, ["derive"]);
  const salt = randomBytes(16);
  const into = {
    id: ID,
    usages: ["encrypt"],
    extractable: false,
    type: "symmetric-key",
    algorithm: "AES-256",
  } as const;
  const algorithm = "derivation";
  const kept = (bytes: ArrayBuffer | Buffer) => createSecretKey(Buffer.from(bytes as ArrayBuffer));
  return [
    {
      algorithm,
      what: "HKDF-SHA256",
      ours: () => derive(handle, { method: "HKDF", hash: "SHA-256", salt }, into),
      raw: () => kept(hkdfSync("sha256", key, salt, "", 32)),
    },
    {
      algorithm,
      what: "PBKDF2-SHA256, 1000 rounds",
      ours: () => derive(handle, { method: "PBKDF2", hash: "SHA-256", salt, iterations: 1000 }, into),
      raw: () => kept(pbkdf2Sync(key.export(), salt, 1000, 32, "sha256")),
    },
    {
      algorithm,
      what: "SP 800-108 counter, HMAC-SHA256",
      ours: () =>
        derive(handle, { method: "SP800-108", mode: "counter", prf: "HMAC", hash: "SHA-256", label: salt }, into),
      raw: () => kept(createHmac("sha256", key).update(salt).digest()),
    },
  ];
}

/** Everything that secret keys do, on 1 KB where nothing else is said. */
export function symmetricRows(): CryptoRow[] {
  const chacha = Buffer.concat([Buffer.alloc(4), iv12]);
  const xts = (bits: number): ModeRow => ({ params: { mode: "XTS", iv: iv16 }, cipher: `aes-${bits}-xts`, iv: iv16 });
  return [
    ...[128, 192, 256].flatMap(aesRows),
    ...cipherRows("AES-128-XTS", 32, xts(128)),
    ...cipherRows("AES-256-XTS", 64, xts(256)),
    ...cipherRows("3DES", 24, { params: { mode: "CBC" }, cipher: "des-ede3-cbc", iv: iv16.subarray(8) }),
    ...cipherRows("ChaCha20", 32, { params: { mode: "CHACHA20" }, cipher: "chacha20", iv: chacha }),
    ...cipherRows("ChaCha20-Poly1305", 32, {
      ...{ params: { mode: "CHACHA20-POLY1305" }, cipher: "chacha20-poly1305", iv: iv12 },
      tagBytes: 16,
    }),
    ...HMACS.flatMap(([algorithm, runtime]) => hmacRows(algorithm, runtime)),
    ...DIGESTS.map(([hash, runtime]) => ({
      ...{ algorithm: "digest", what: hash },
      ours: () => digest(hash, text),
      raw: () => nodeHash(runtime, text, "buffer"),
    })),
    ...derivationRows(),
    {
      algorithm: "AES-256",
      what: "make a key",
      ours: () => generateKey("AES-256", { id: ID, usages: ["encrypt", "decrypt"], extractable: false }),
      raw: () => createSecretKey(randomBytes(32)),
    },
  ];
}
