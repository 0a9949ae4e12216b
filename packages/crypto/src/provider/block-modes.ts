import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import type { CipherMode, CipherRun, CipherStream, ModeOfUse } from "../policy/cipher-params.ts";
import { aesKeyUnwrap, aesKeyWrap } from "./aes-key-wrap.ts";

const NONE: Pick<ModeOfUse, "tagBytes" | "padBytes" | "onceOnly" | "positional" | "legacy"> = {
  tagBytes: [],
  padBytes: 0,
  onceOnly: false,
  positional: false,
  legacy: false,
};
const exactly =
  (bytes: number) =>
  (given: number): boolean =>
    given === bytes;

/** A mode whose data may come in parts; padding is ours, so the runtime's is off. */
function streaming(cipherName: string): ModeOfUse["start"] {
  return (key, run, encrypting) => {
    const iv = run.iv.byteLength === 0 ? null : run.iv;
    const cipher = encrypting ? createCipheriv(cipherName, key, iv) : createDecipheriv(cipherName, key, iv);
    cipher.setAutoPadding(false);
    return { update: (data) => cipher.update(data), final: () => cipher.final(), tag: () => Buffer.alloc(0) };
  };
}

/** A mode that authenticates and may come in parts (GCM, ChaCha20-Poly1305). */
export function streamingAead(cipherName: string): ModeOfUse["start"] {
  return (key, { iv, aad, tagBytes, tag }, encrypting): CipherStream => {
    const options = { authTagLength: tagBytes };
    if (encrypting) {
      const cipher = createCipheriv(cipherName as "aes-256-gcm", key, iv, options);
      if (aad.byteLength > 0) cipher.setAAD(aad);
      return { update: (data) => cipher.update(data), final: () => cipher.final(), tag: () => cipher.getAuthTag() };
    }
    const decipher = createDecipheriv(cipherName as "aes-256-gcm", key, iv, options);
    decipher.setAuthTag(tag ?? Buffer.alloc(0));
    if (aad.byteLength > 0) decipher.setAAD(aad);
    return { update: (data) => decipher.update(data), final: () => decipher.final(), tag: () => Buffer.alloc(0) };
  };
}

/** CCM needs the length first, so it comes at once. @see SP 800-38C */
function ccm(cipherName: string): ModeOfUse["whole"] {
  return (key, { iv, aad, tagBytes, tag }, data, encrypting) => {
    const options = { authTagLength: tagBytes };
    if (encrypting) {
      const cipher = createCipheriv(cipherName as "aes-256-ccm", key, iv, options);
      cipher.setAAD(aad, { plaintextLength: data.byteLength });
      const output = cipher.update(data);
      cipher.final();
      return { output, tag: cipher.getAuthTag() };
    }
    const decipher = createDecipheriv(cipherName as "aes-256-ccm", key, iv, options);
    decipher.setAuthTag(tag ?? Buffer.alloc(0));
    decipher.setAAD(aad, { plaintextLength: data.byteLength });
    const output = decipher.update(data);
    decipher.final();
    return { output };
  };
}

function atOnce(cipherName: string): ModeOfUse["whole"] {
  return (key, { iv }, data, encrypting) => {
    const cipher = encrypting ? createCipheriv(cipherName, key, iv) : createDecipheriv(cipherName, key, iv);
    return { output: Buffer.concat([cipher.update(data), cipher.final()]) };
  };
}

/** A mode that authenticates, with everything at once: what short messages take, where a stream costs as much as they do. */
export function aeadAtOnce(cipherName: string): ModeOfUse["whole"] {
  return (key, { iv, aad, tagBytes, tag }, data, encrypting) => {
    const options = { authTagLength: tagBytes };
    if (encrypting) {
      const cipher = createCipheriv(cipherName as "aes-256-gcm", key, iv, options);
      if (aad.byteLength > 0) cipher.setAAD(aad);
      const output = cipher.update(data);
      cipher.final();
      return { output, tag: cipher.getAuthTag() };
    }
    const decipher = createDecipheriv(cipherName as "aes-256-gcm", key, iv, options);
    decipher.setAuthTag(tag ?? Buffer.alloc(0));
    if (aad.byteLength > 0) decipher.setAAD(aad);
    const output = decipher.update(data);
    try {
      decipher.final();
    } catch (cause) {
      output.fill(0); // SP 800-38D section 7.2: nothing of an inauthentic message is released
      throw cause;
    }
    return { output };
  };
}

/** Modes of AES by bits of the key: the same for all keys of a size. */
const aesModes = new Map<number, Map<CipherMode, ModeOfUse>>();

/** The modes of AES with the key's size. @see SP 800-38A, 38C, 38D, 38E, 38F */
export function aesMode(mode: CipherMode, key: KeyObject): ModeOfUse | null {
  const bits = (key.symmetricKeySize ?? 0) * 8;
  const known = aesModes.get(bits)?.get(mode);
  if (known !== undefined) return known;
  const made = newAesMode(mode, bits);
  if (made === null) return null; // not kept: what is no mode may be anything that somebody asks for
  const modes = aesModes.get(bits) ?? new Map<CipherMode, ModeOfUse>();
  aesModes.set(bits, modes.set(mode, made));
  return made;
}

function newAesMode(mode: CipherMode, bits: number): ModeOfUse | null {
  if (mode === "GCM") {
    return {
      ...NONE,
      ivBytes: 12,
      ivFits: (bytes) => bytes >= 1 && bytes <= 128,
      tagBytes: [16, 15, 14, 13, 12, 8, 4],
      onceOnly: true,
      start: streamingAead(`aes-${bits}-gcm`),
      whole: aeadAtOnce(`aes-${bits}-gcm`),
    };
  }
  if (mode === "CCM") {
    return {
      ...NONE,
      ivBytes: 12,
      ivFits: (bytes) => bytes >= 7 && bytes <= 13,
      tagBytes: [16, 14, 12, 10, 8, 6, 4],
      onceOnly: true,
      whole: ccm(`aes-${bits}-ccm`),
    };
  }
  if (mode === "KW" || mode === "KWP") return keyWrapMode(mode);
  return feedbackMode(mode, `aes-${bits}`, 16);
}

/** The modes of 3DES, all of them legacy. @see SP 800-67 revision 2 */
export function tdeaMode(mode: CipherMode): ModeOfUse | null {
  const found = mode === "ECB" ? blockMode("des-ede3", 0, 8) : feedbackMode(mode, "des-ede3", 8);
  return found === null || mode === "CTR" ? null : { ...found, legacy: true };
}

/** XTS: one data unit of at least a block, whose position is the tweak. @see SP 800-38E; IEEE 1619 */
export function xtsMode(mode: CipherMode, key: KeyObject): ModeOfUse | null {
  if (mode !== "XTS") return null;
  const cipherName = `aes-${(key.symmetricKeySize ?? 0) * 4}-xts`;
  return { ...NONE, ivBytes: 16, ivFits: exactly(16), positional: true, whole: atOnce(cipherName) };
}

function feedbackMode(mode: CipherMode, cipher: string, blockBytes: number): ModeOfUse | null {
  switch (mode) {
    case "ECB":
      return { ...blockMode(`${cipher}-ecb`, 0, blockBytes), legacy: true };
    case "CBC":
      return blockMode(`${cipher}-cbc`, blockBytes, blockBytes);
    case "CTR":
    case "CFB":
    case "CFB8":
    case "OFB":
      return blockMode(`${cipher}-${mode.toLowerCase()}`, blockBytes, 0);
    default:
      return null;
  }
}

function blockMode(cipherName: string, ivBytes: number, padBytes: number): ModeOfUse {
  return { ...NONE, ivBytes, ivFits: exactly(ivBytes), padBytes, start: streaming(cipherName) };
}

function keyWrapMode(form: "KW" | "KWP"): ModeOfUse {
  return {
    ...NONE,
    ivBytes: 0,
    ivFits: exactly(0),
    whole: (key, _run: CipherRun, data, encrypting) => ({
      output: encrypting ? aesKeyWrap(form, key, data) : aesKeyUnwrap(form, key, data),
    }),
  };
}
