import { CryptoError, sealForTransfer } from "@holdfast/crypto";
import {
  decodeBase64url,
  encodeBase64url,
  encodeSealedImport,
  type ImportedKey,
  type ImportOffer,
  importedAad,
  importedVersions,
  importInfo,
  MAX_IMPORTED_KEYS,
  type SealedImport,
} from "@holdfast/protocol";
import { TransferError } from "./errors.ts";

/** A key to be sealed: what is said of it, and the material of each of its versions in their order. */
export interface KeyToSeal {
  readonly key: ImportedKey;
  readonly versions: readonly Buffer[];
}

/**
 * Seals keys to an offer that was verified. Their material is wiped, whatever comes of it.
 *
 * @returns the bytes of the sealed import
 * @throws {@link TransferError} `E_KEY_FILE` for more keys than the offer is for, or one that its form does not take
 */
export async function sealKeys(offer: ImportOffer, keys: readonly KeyToSeal[]): Promise<Uint8Array<ArrayBuffer>> {
  const { tid, aid, importId, form, most } = offer;
  const info = importInfo(offer);
  const publicKey = decodeBase64url(offer.pub);
  try {
    if (keys.length > Math.min(most, MAX_IMPORTED_KEYS))
      throw new TransferError("E_KEY_FILE", `${keys.length} keys were found, and the import is for ${most}.`);
    const items: SealedImport["items"][number][] = [];
    for (const { key, versions } of keys) {
      const parts: SealedImport["items"][number]["parts"][number][] = [];
      for (const [at, version] of importedVersions(key).entries()) {
        const target = { form, publicKey, info, aad: importedAad(key, version) };
        const { enc, ct } = await sealForTransfer(target, versions[at] ?? Buffer.alloc(0));
        parts.push({ version, ct: encodeBase64url(ct), ...(enc === undefined ? {} : { enc: encodeBase64url(enc) }) });
      }
      items.push({ key, parts });
    }
    return encodeSealedImport({ typ: "sealed", ver: 1, tid, aid, importId, form, items });
  } catch (cause) {
    if (cause instanceof CryptoError) throw new TransferError("E_KEY_FILE", cause.message);
    throw cause;
  } finally {
    for (const { versions } of keys) for (const each of versions) each.fill(0);
  }
}

/** Puts keys that another tool has wrapped already into the same form. @throws {@link TransferError} `E_KEY_FILE` */
export function takeWrapped(offer: ImportOffer, key: ImportedKey, wrapped: Buffer): Uint8Array<ArrayBuffer> {
  const { tid, aid, importId, form } = offer;
  if (form === "hpke")
    throw new TransferError("E_KEY_FILE", "The offer is of HPKE, which no other tool has sealed to.");
  const parts = importedVersions(key).map((version) => ({ version, ct: encodeBase64url(wrapped) }));
  return encodeSealedImport({ typ: "sealed", ver: 1, tid, aid, importId, form, items: [{ key, parts }] });
}
