import { decodeBase64url, encodeBase64url } from "../encoding/base64url.ts";
import { equalBytes } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";
import type { CheckedOrder } from "../escrow/release-order.ts";
import type { SharesOfBackup } from "../escrow/sealed-shares.ts";
import { drillAnswer, shareCommitment } from "../escrow/share-hashes.ts";
import { shareInfo } from "../escrow/share-info.ts";
import { open, type RecipientKey, seal } from "./hpke.ts";

/** The seat that a key belongs to; null when the backup has none for it. */
export function findSeat({ manifest }: Pick<SharesOfBackup, "manifest">, publicKey: Uint8Array): string | null {
  const point = encodeBase64url(publicKey);
  return manifest.escrow.custodians.find(({ routes }) => routes.some(({ hpke }) => hpke === point))?.seat ?? null;
}

/**
 * Opens the share that is sealed to this key, and compares it with what the manifest says of it. The caller wipes it.
 *
 * @throws {@link ProtocolError} `E_SIG` for a key without a share here, and for a share that is not the one
 */
export async function openOwnShare(
  of: SharesOfBackup,
  key: RecipientKey,
): Promise<{ seat: string; share: Uint8Array }> {
  const point = encodeBase64url(key.publicKey);
  const custodian = of.manifest.escrow.custodians.find(({ routes }) => routes.some(({ hpke }) => hpke === point));
  const at = custodian?.routes.findIndex(({ hpke }) => hpke === point) ?? -1;
  const sealed = of.shares.shares.find(({ seat }) => seat === custodian?.seat)?.sealed[at];
  if (custodian === undefined || sealed === undefined) throw noShare();
  const { seat, commit } = custodian;
  const info = shareInfo({ tid: of.tid, manifest: of.backup, shareId: seat, purpose: "escrow" });
  const given = { enc: decodeBase64url(sealed.enc), ct: decodeBase64url(sealed.ct) };
  const share = await open(key, given, info);
  if (!equalBytes(shareCommitment(decodeBase64url(of.manifest.escrow.salt), share), decodeBase64url(commit))) {
    share.fill(0);
    throw noShare();
  }
  return { seat, share };
}

/** A share on its way to the receiving agent: only that agent opens it, and only for this release. */
export interface ReleasedShare {
  readonly releaseCmd: string;
  readonly seat: string;
  readonly enc: string;
  readonly ct: string;
}

/**
 * Opens one's share and seals it to the agent that the approved command names.
 *
 * Caller must: have compared the domain's words.
 * @throws {@link ProtocolError} `E_ARGS` while approvals are missing, `E_SIG`
 */
export async function releaseShare(order: CheckedOrder, key: RecipientKey): Promise<ReleasedShare> {
  if (order.have < order.need)
    throw new ProtocolError("E_ARGS", "Administrators have not approved the release yet.", {
      have: order.have,
      need: order.need,
    });
  const { seat, share } = await openOwnShare(order, key);
  try {
    const { recipient } = order.command.args;
    const { tid, backup: manifest, releaseCmd } = order;
    const info = shareInfo({ tid, manifest, shareId: seat, purpose: "release", releaseCmd, recipient });
    const { enc, ct } = await seal(decodeBase64url(recipient), info, share);
    return { releaseCmd, seat, enc: encodeBase64url(enc), ct: encodeBase64url(ct) };
  } finally {
    share.fill(0);
  }
}

/** Answers to a drill: proves that one can open one's share, and shows nothing of it. @throws {@link ProtocolError} `E_SIG` */
export async function answerDrill(
  of: SharesOfBackup,
  key: RecipientKey,
  nonceOf: (seat: string) => string,
): Promise<{ seat: string; answer: string }> {
  const { seat, share } = await openOwnShare(of, key);
  try {
    return { seat, answer: encodeBase64url(drillAnswer(decodeBase64url(nonceOf(seat)), share)) };
  } finally {
    share.fill(0);
  }
}

function noShare(): ProtocolError {
  return new ProtocolError("E_SIG", "This key opens no share of this backup.");
}
