import type { KeyObject } from "node:crypto";
import { CryptoError } from "../../errors.ts";
import { CKM } from "../../pkcs11/cryptoki.ts";
import { HsmError } from "../../pkcs11/hsm-error.ts";
import type { MechanismCall } from "../../pkcs11/request.ts";
import { tokenKeyOf } from "../../pkcs11/token-key.ts";
import type { Aead, Algorithm, MacPrimitive } from "../../policy/algorithm.ts";
import type { CipherMode, CipherRun, CipherStream, ModeOfUse } from "../../policy/cipher-params.ts";
import { GCM_IV_BYTES, GCM_TAG_BYTES } from "../../policy/limits.ts";

const BLOCK_BYTES = 16;
const NOTHING = Buffer.alloc(0);
const NONE: Pick<ModeOfUse, "tagBytes" | "padBytes" | "onceOnly" | "positional" | "legacy"> = {
  tagBytes: [],
  padBytes: 0,
  onceOnly: false,
  positional: false,
  legacy: false,
};

/** AES in a token: GCM, CBC, CTR, ECB, KW, KWP and CMAC. @see PKCS#11 v2.40 mechanisms, section 2.8 to 2.16 */
export function tokenAes(software: Algorithm): Algorithm {
  return {
    ...software,
    aead: TOKEN_GCM,
    modeOf: tokenAesMode,
    macs: [TOKEN_CMAC],
    checkValue: (key) => Buffer.from(checkOf(key), "hex"),
  };
}

function checkOf(key: KeyObject): string {
  const { form } = tokenKeyOf(key);
  if (form.type !== "secret" || form.check === null) throw new CryptoError("E_CRYPTO_ALGORITHM");
  return form.check;
}

/** One call that enciphers or deciphers. */
function crypt(key: KeyObject, mechanism: MechanismCall, data: Uint8Array, encrypting: boolean): Buffer {
  const { token, name } = tokenKeyOf(key);
  const number = mechanismNumber(mechanism);
  token.require(number);
  return asBuffer(token.callSync(encrypting ? "encrypt" : "decrypt", { key: name, mechanism, data }));
}

function mechanismNumber(mechanism: MechanismCall): number {
  if (mechanism.kind === "gcm") return CKM.aesGcm;
  return mechanism.kind === "ctr" ? CKM.aesCtr : (mechanism as { mechanism: number }).mechanism;
}

const TOKEN_GCM: Aead = {
  seal(key, iv, aad, plaintext) {
    const out = crypt(key, gcm(iv, Buffer.concat(aad), GCM_TAG_BYTES), plaintext, true);
    const at = out.byteLength - GCM_TAG_BYTES;
    if (at !== plaintext.byteLength) throw new CryptoError("E_SELFTEST");
    return { ciphertext: out.subarray(0, at), tag: out.subarray(at) };
  },
  open(key, { iv, ciphertext, tag }, aad) {
    if (iv.byteLength !== GCM_IV_BYTES || tag.byteLength !== GCM_TAG_BYTES) throw new CryptoError("E_DECRYPT");
    return crypt(key, gcm(iv, Buffer.concat(aad), GCM_TAG_BYTES), Buffer.concat([ciphertext, tag]), false);
  },
};

function gcm(iv: Uint8Array, aad: Uint8Array, tagBytes: number): MechanismCall {
  return { kind: "gcm", iv, aad, tagBits: tagBytes * 8 };
}

const GCM_MODE: ModeOfUse = {
  ...NONE,
  ivBytes: GCM_IV_BYTES,
  ivFits: (bytes) => bytes === GCM_IV_BYTES,
  tagBytes: [GCM_TAG_BYTES],
  onceOnly: true,
  whole: (key, { iv, aad, tagBytes, tag }, data, encrypting) => {
    if (!encrypting)
      return { output: crypt(key, gcm(iv, aad, GCM_TAG_BYTES), Buffer.concat([data, tag ?? NOTHING]), false) };
    const out = crypt(key, gcm(iv, aad, tagBytes), data, true);
    return { output: out.subarray(0, data.byteLength), tag: out.subarray(data.byteLength) };
  },
};

function tokenAesMode(mode: CipherMode): ModeOfUse | null {
  switch (mode) {
    case "GCM":
      return GCM_MODE;
    case "CBC":
      return { ...NONE, ivBytes: BLOCK_BYTES, ivFits: isBlock, padBytes: BLOCK_BYTES, start: startCbc };
    case "ECB":
      return {
        ...NONE,
        ivBytes: 0,
        ivFits: (bytes) => bytes === 0,
        padBytes: BLOCK_BYTES,
        legacy: true,
        start: startEcb,
      };
    case "CTR":
      return { ...NONE, ivBytes: BLOCK_BYTES, ivFits: isBlock, start: startCtr };
    case "KW":
      return keyWrap(CKM.aesKeyWrap);
    case "KWP":
      return keyWrap(CKM.aesKeyWrapPad);
    default:
      return null;
  }
}

const isBlock = (bytes: number): boolean => bytes === BLOCK_BYTES;

/** Whole blocks at each call, the last ciphertext block chained on: nothing of a message stays in the token. */
function startCbc(key: KeyObject, { iv }: CipherRun, encrypting: boolean): CipherStream {
  let chain = Buffer.from(iv);
  return inBlocks((blocks) => {
    const out = crypt(key, { kind: "iv", mechanism: CKM.aesCbc, iv: chain }, blocks, encrypting);
    chain = Buffer.from((encrypting ? out : blocks).subarray(-BLOCK_BYTES));
    return out;
  });
}

function startEcb(key: KeyObject, _run: CipherRun, encrypting: boolean): CipherStream {
  return inBlocks((blocks) => crypt(key, { kind: "plain", mechanism: CKM.aesEcb }, blocks, encrypting));
}

/** The counter goes on from where the last part ended, within a block too. */
function startCtr(key: KeyObject, { iv }: CipherRun, encrypting: boolean): CipherStream {
  const first = Buffer.from(iv).toString("hex");
  let done = 0;
  return {
    update(data) {
      if (data.byteLength === 0) return NOTHING;
      const within = done % BLOCK_BYTES;
      const counter = (BigInt(`0x${first}`) + BigInt(Math.floor(done / BLOCK_BYTES))) & (2n ** 128n - 1n);
      const block = Buffer.from(counter.toString(16).padStart(32, "0"), "hex");
      const out = crypt(key, { kind: "ctr", counter: block }, Buffer.concat([Buffer.alloc(within), data]), encrypting);
      done += data.byteLength;
      return out.subarray(within);
    },
    final: () => NOTHING,
    tag: () => NOTHING,
  };
}

function inBlocks(cipher: (blocks: Buffer) => Buffer): CipherStream {
  let rest: Buffer = NOTHING;
  return {
    update(data) {
      const all = Buffer.concat([rest, data]);
      const whole = all.byteLength - (all.byteLength % BLOCK_BYTES);
      rest = all.subarray(whole);
      return whole === 0 ? NOTHING : cipher(all.subarray(0, whole));
    },
    final() {
      if (rest.byteLength > 0) throw new CryptoError("E_CRYPTO_INPUT");
      return NOTHING;
    },
    tag: () => NOTHING,
  };
}

/** @see RFC 3394; RFC 5649 */
function keyWrap(mechanism: number): ModeOfUse {
  return {
    ...NONE,
    ivBytes: 0,
    ivFits: (bytes) => bytes === 0,
    whole: (key, _run, data, encrypting) => {
      const { token, name } = tokenKeyOf(key);
      token.require(mechanism);
      const least = mechanism === CKM.aesKeyWrap ? 16 : 1;
      const fits = data.byteLength >= least && (mechanism !== CKM.aesKeyWrap || data.byteLength % 8 === 0);
      if (encrypting && !fits)
        throw new CryptoError("E_CRYPTO_INPUT", "The material has a length this form of key wrap does not take.");
      if (encrypting && mechanism === CKM.aesKeyWrapPad && data.byteLength % 8 !== 0 && token.quirks.kwpWholeBlocksOnly)
        throw new HsmError("E_HSM_MECHANISM", "The token wraps only whole blocks of 8 bytes as RFC 5649 says.");
      if (!encrypting && (data.byteLength % 8 !== 0 || data.byteLength < 16)) throw new CryptoError("E_DECRYPT");
      const ask = { key: name, mechanism: { kind: "plain", mechanism }, data } as const;
      return { output: asBuffer(token.callSync(encrypting ? "wrap" : "unwrap", ask)) };
    },
  };
}

const TOKEN_CMAC: MacPrimitive = {
  algorithm: "CMAC",
  bytes: BLOCK_BYTES,
  legacy: false,
  compute(key, data) {
    const { token, name } = tokenKeyOf(key);
    token.require(CKM.aesCmac);
    return asBuffer(token.callSync("sign", { key: name, mechanism: { kind: "plain", mechanism: CKM.aesCmac }, data }));
  },
};

/** A view of the worker's bytes, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
