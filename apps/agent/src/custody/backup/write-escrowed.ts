import {
  BackupKey,
  randomBytes,
  type ShareHandle,
  sealRootUnder,
  sealStreamUnder,
  splitBackupKey,
} from "@holdfast/crypto";
import { exportBackupKey, exportShare } from "@holdfast/crypto/egress";
import {
  backupHash,
  docHash,
  type EscrowedManifest,
  type EscrowPlan,
  encodeEscrowedManifest,
  encodeSealedShares,
  type RosterLink,
  rawSignatureBase,
  type SealedShares,
  shareInfo,
} from "@holdfast/protocol";
import type { Custody } from "../custody.ts";
import type { BackupFileWriter, SignedBytes } from "./backup-file.ts";
import { sealInfo } from "./manifest.ts";

/** Who holds shares, and the chain against which releases are checked, genesis first. */
export interface EscrowSource {
  readonly plan: EscrowPlan;
  readonly chain: readonly RosterLink[];
}

/** What a manifest says whoever opens the backup. */
export type BackupFacts = Pick<
  EscrowedManifest,
  "tid" | "aid" | "aik" | "made" | "nonce" | "backupTo" | "rootCommit" | "roster" | "checkpoint" | "size" | "keys"
>;

/** What an agent keeps to judge drills by: a nonce for each drill, and what each custodian has to answer to it. */
export type DrillChecks = readonly { readonly nonce: string; readonly answers: Readonly<Record<string, string>> }[];

/** Drills that one backup can have. */
const DRILLS = 24;

/** Full form: a fresh key, split among custodians and sealed to each; the recovery file only where the plan says so. */
export async function writeEscrowed(
  writer: BackupFileWriter,
  { root, aik }: Custody["keys"],
  facts: BackupFacts,
  { plan, chain, content }: EscrowSource & { readonly content: AsyncIterable<Uint8Array> },
): Promise<DrillChecks> {
  const key = BackupKey.generate();
  const parts = splitBackupKey(key, { parts: plan.custodians.length, threshold: plan.k });
  const salt = randomBytes(32);
  try {
    const sealedRoot = sealRootUnder(key, root, sealInfo("root", facts, 2));
    for await (const part of sealStreamUnder(content, key, sealInfo("store", facts, 2))) writer.append(part);
    const seats = plan.custodians.map((custodian, at) => ({ ...custodian, share: parts[at] as ShareHandle }));
    const manifest = encodeEscrowedManifest({
      typ: "backup",
      ver: 1,
      ...facts,
      root: base64url(sealedRoot),
      blob: writer.digest(),
      escrow: {
        k: plan.k,
        salt: base64url(salt),
        custodians: seats.map(({ share, ...custodian }) => ({
          ...custodian,
          commit: base64url(share.commitment(salt)),
        })),
      },
      ...(plan.recoveryFile ? { recovery: await sealToRecoveryKey(key, facts) } : {}),
    });
    const hash = backupHash(manifest);
    const shares = encodeSealedShares({
      typ: "shares",
      ver: 1,
      tid: facts.tid,
      manifest: hash,
      shares: await Promise.all(seats.map((seat) => sealShare(seat, facts.tid, hash))),
      chain,
    });
    const sign = (bytes: Uint8Array, name: string): SignedBytes => ({
      bytes,
      signature: aik.sign(rawSignatureBase("manifest", name)),
    });
    writer.finish(sign(shares, docHash("shares", shares)), sign(manifest, hash));
    return drillChecks(seats);
  } finally {
    key.zeroize();
    for (const part of parts) part.zeroize();
  }
}

type Seat = EscrowPlan["custodians"][number] & { readonly share: ShareHandle };

async function sealShare(
  { seat, routes, share }: Seat,
  tid: string,
  hash: string,
): Promise<SealedShares["shares"][number]> {
  const info = shareInfo({ tid, manifest: hash, shareId: seat, purpose: "escrow" });
  const sealed = await Promise.all(
    routes.map(async ({ hpke }) => asText(await exportShare(share, Buffer.from(hpke, "base64url"), info))),
  );
  return { seat, sealed };
}

async function sealToRecoveryKey(key: BackupKey, facts: BackupFacts) {
  return asText(await exportBackupKey(key, Buffer.from(facts.backupTo, "base64url"), sealInfo("key", facts, 2)));
}

function drillChecks(seats: readonly Seat[]): DrillChecks {
  return Array.from({ length: DRILLS }, () => {
    const nonce = randomBytes(32);
    const answers = Object.fromEntries(seats.map(({ seat, share }) => [seat, base64url(share.drillAnswer(nonce))]));
    return { nonce: nonce.toString("base64url"), answers };
  });
}

function asText({ enc, ct }: { readonly enc: Uint8Array; readonly ct: Uint8Array }) {
  return { enc: base64url(enc), ct: base64url(ct) };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
