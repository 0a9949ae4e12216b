import {
  backupHash,
  type CheckedOrder,
  checkReleaseOrder,
  decodeBase64url,
  parseReleaseOrder,
  parseSealedShares,
  type SharesOfBackup,
  verifyEscrowedManifest,
} from "@holdfast/protocol";

/** How far it has come: names only. */
export interface ShareProgress {
  readonly k: number;
  readonly given: readonly string[];
  readonly custodians: readonly string[];
}

/** What the key server asks custodians for, as it says it. */
export type AskedOfCustodians =
  | { readonly kind: "none" }
  | { readonly kind: "release"; readonly rpId: string; readonly order: unknown; readonly progress: ShareProgress }
  | {
      readonly kind: "drill";
      readonly rpId: string;
      readonly drill: string;
      readonly nonce: string;
      readonly manifest: string;
      readonly manifestSig: string;
      readonly shares: string;
      readonly progress: ShareProgress;
    };

/** The same, checked in this page. */
export type CheckedAsk = { readonly rpId: string; readonly of: SharesOfBackup; readonly progress: ShareProgress } & (
  | { readonly kind: "release"; readonly order: CheckedOrder }
  | { readonly kind: "drill"; readonly drill: string; readonly nonce: string }
);

/** Checks what is asked: the chain from its genesis, the command and every approval; nothing said is believed. */
export async function checkAsked(asked: Exclude<AskedOfCustodians, { kind: "none" }>): Promise<CheckedAsk> {
  const { rpId, progress } = asked;
  if (asked.kind === "release") {
    const order = await checkReleaseOrder(parseReleaseOrder(asked.order), Math.floor(Date.now() / 1000));
    return { kind: "release", rpId, progress, order, of: order };
  }
  const bytes = decodeBase64url(asked.manifest);
  const manifest = await verifyEscrowedManifest(bytes, asked.manifestSig);
  const shares = parseSealedShares(decodeBase64url(asked.shares));
  const of = { tid: manifest.tid, backup: backupHash(bytes), manifest, shares };
  return { kind: "drill", rpId, progress, of, drill: asked.drill, nonce: asked.nonce };
}
