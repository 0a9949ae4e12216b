import type { MaterialFormat } from "@holdfast/crypto";
import { ENUM } from "@holdfast/kmip";
import type { ObjectView } from "../../../operations/object-view.ts";

const F = ENUM.KeyFormatType;

/** The Key Format Types whose key material is bytes, and what the door calls them for each kind of object. */
const BYTES = new Map<number, MaterialFormat>([
  [F.Raw, "raw"],
  [F.Opaque, "raw"],
  [F.PKCS_1, "pkcs1"],
  [F.PKCS_8, "pkcs8"],
  [F.ECPrivateKey, "sec1"],
]);

/** The door's form of a Key Format Type whose key material is bytes; null for the others. */
export function materialFormat(format: number, type: ObjectView["type"]): MaterialFormat | null {
  if (format === F.X_509) return type === "certificate" ? "x509" : "spki";
  if (type === "pgp-key") return format === F.Raw || format === F.Opaque ? "pgp" : null;
  return BYTES.get(format) ?? null;
}

/**
 * The format in which an object is given out when nobody has said one.
 *
 * @see KMIP 1.4 section 4.11, "Default Key Format Type, by object"
 */
export function defaultFormat({ type, algorithm }: Pick<ObjectView, "type" | "algorithm">): number | null {
  switch (type) {
    case "opaque":
      return F.Opaque;
    case "certificate":
      return F.X_509;
    case "template":
      return null;
    case "private-key":
    case "public-key":
      return pairFormat(type, algorithm ?? "");
    default:
      return F.Raw;
  }
}

function pairFormat(type: "private-key" | "public-key", algorithm: string): number {
  if (algorithm.startsWith("RSA")) return F.PKCS_1;
  if (algorithm.startsWith("EC-")) return type === "private-key" ? F.TransparentECPrivateKey : F.TransparentECPublicKey;
  return type === "private-key" ? F.PKCS_8 : F.X_509;
}

/** The Key Format Type of a form whose key material is bytes. */
export function formatNumber(format: MaterialFormat): number {
  switch (format) {
    case "pkcs1":
      return F.PKCS_1;
    case "pkcs8":
      return F.PKCS_8;
    case "sec1":
      return F.ECPrivateKey;
    case "spki":
    case "x509":
      return F.X_509;
    default:
      return F.Raw;
  }
}
