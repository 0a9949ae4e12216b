import { parseCoseVerifyingKey } from "@holdfast/crypto";
import {
  backupHash,
  decodeBase64url,
  deriveAid,
  docHash,
  type EscrowedManifest,
  ProtocolError,
  parseEscrowedManifest,
  parseSealedShares,
  rawSignatureBase,
  type SealedShares,
  type SharesOfBackup,
} from "@holdfast/protocol";
import { CustodyError } from "../errors.ts";
import type { SignedBytes } from "./backup-file.ts";

/** What stands behind the sealed stream of a backup in the full form, as it was signed. */
export interface EscrowTrailer extends SharesOfBackup {
  readonly manifest: EscrowedManifest;
  readonly shares: SealedShares;
  /** The hash that names the backup. */
  readonly hash: string;
  readonly signedManifest: SignedBytes;
  readonly signedShares: SignedBytes;
}

/**
 * Verifies manifest and shares: both signed by the agent that the manifest names, about one backup, for the same
 * custodians.
 *
 * @throws {@link CustodyError} `E_BACKUP_FORM`, `E_BACKUP_SIGNATURE`
 */
export function verifyEscrowTrailer(signedShares: SignedBytes, signedManifest: SignedBytes): EscrowTrailer {
  const manifest = read(() => parseEscrowedManifest(signedManifest.bytes));
  const hash = backupHash(signedManifest.bytes);
  const shares = read(() => parseSealedShares(signedShares.bytes));
  const aik = decodeBase64url(manifest.aik);
  const signed =
    deriveAid(aik) === manifest.aid &&
    isSigned(aik, hash, signedManifest) &&
    isSigned(aik, docHash("shares", signedShares.bytes), signedShares);
  if (!signed) throw new CustodyError("E_BACKUP_SIGNATURE");
  const { custodians, k } = manifest.escrow;
  const fits =
    shares.tid === manifest.tid &&
    shares.manifest === hash &&
    k <= custodians.length &&
    custodians.map(({ seat, routes }) => `${seat} ${routes.length}`).join() ===
      shares.shares.map(({ seat, sealed }) => `${seat} ${sealed.length}`).join();
  if (!fits) throw new CustodyError("E_BACKUP_FORM");
  return { tid: manifest.tid, backup: hash, manifest, shares, hash, signedManifest, signedShares };
}

function read<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof ProtocolError ? new CustodyError("E_BACKUP_FORM") : error;
  }
}

function isSigned(aik: Uint8Array, hash: string, { signature }: SignedBytes): boolean {
  try {
    return parseCoseVerifyingKey(aik).verify(signature, rawSignatureBase("manifest", hash));
  } catch {
    return false;
  }
}
