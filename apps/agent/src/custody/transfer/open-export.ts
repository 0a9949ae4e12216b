import { CryptoError } from "@holdfast/crypto";
import { openExported } from "@holdfast/crypto/egress";
import { decodeBase64url, type ExportedKey, type ExportFile, exportAad, exportInfo } from "@holdfast/protocol";
import { TransferError } from "../../transfer/errors.ts";

/** One version of a key that was let out, opened. Caller must: wipe `material` when it is written. */
export interface OpenedExport {
  readonly key: ExportedKey;
  readonly version: number;
  /** PKCS #8, bytes or a JWK in UTF-8, as the export says. */
  readonly material: Buffer;
}

/**
 * Opens an export with its recipient's private key: at the recipient's, not in the key server.
 *
 * @param privateKey - PEM of PKCS #8.
 * @throws {@link TransferError} `E_EXPORT_OPEN`
 */
export async function openExport(file: ExportFile, privateKey: Uint8Array): Promise<OpenedExport[]> {
  const info = exportInfo(file);
  const opened: OpenedExport[] = [];
  try {
    for (const { key, parts } of file.items) {
      for (const { version, enc, ct } of parts) {
        const sealed = {
          form: file.form,
          ct: decodeBase64url(ct),
          ...(enc === undefined ? {} : { enc: decodeBase64url(enc) }),
          info,
          aad: exportAad(key, version),
        };
        opened.push({ key, version, material: await openExported(privateKey, sealed) });
      }
    }
    return opened;
  } catch (cause) {
    for (const { material } of opened) material.fill(0);
    if (cause instanceof CryptoError)
      throw new TransferError("E_EXPORT_OPEN", "The private key does not open what was let out.");
    throw cause;
  }
}
