import { CryptoError, digestOfHighEntropyMaterial, formatOf, type MaterialFormat } from "@holdfast/crypto";
import type { AttributeBag } from "../keystore/records.ts";
import type { MadeKey } from "../lifecycle/act.ts";

/**
 * The attributes of new material, in place of those of any before it: its digest, where it is such that nobody can guess
 * it, and that it has not left.
 */
export function withMaterialFacts(attributes: AttributeBag, { handle }: MadeKey): AttributeBag {
  const { digest: _, released: __, ...rest } = attributes;
  const digest = digestOf(handle);
  return digest === null ? rest : { ...rest, digest };
}

/** The attributes of an object whose material has left. */
export function afterRelease(attributes: AttributeBag): AttributeBag {
  return { ...attributes, released: true };
}

/** Whether an object's material has left before. */
export function hasLeft({ released }: AttributeBag): boolean {
  return released === true;
}

function digestOf(handle: MadeKey["handle"]): { readonly sha256: string; readonly format: MaterialFormat } | null {
  const isRsaPair = handle.keyAlgorithm?.startsWith("RSA") === true && handle.materialType.endsWith("-key");
  const format = isRsaPair ? "pkcs1" : formatOf(handle);
  try {
    return { sha256: digestOfHighEntropyMaterial(handle, format).toString("base64url"), format };
  } catch (cause) {
    if (cause instanceof CryptoError && cause.code === "E_CRYPTO_USAGE") return null;
    throw cause;
  }
}
