import { encodeBase64url, type Signed } from "@holdfast/protocol";
import { type Bundle, type Evidence, encodeBundle, evidenceNonce } from "../model/bundle.ts";

/** What an agent has at hand, and how it signs for it. */
export type BundleParts = Omit<Evidence, "typ" | "ver" | "checkpoint" | "certificates"> & {
  /** The signed note as text. */
  readonly checkpoint: string;
  readonly certificate: Uint8Array;
  readonly authority: Uint8Array;
  /** Makes the agent's attestation with this nonce. */
  readonly attest: (nonce: string) => Signed | Promise<Signed>;
};

/**
 * Puts evidence together and has the agent sign for it.
 *
 * Caller must: give the whole log up to the checkpoint's size; the verifier accepts nothing less.
 */
export async function buildBundle(parts: BundleParts): Promise<Uint8Array<ArrayBuffer>> {
  const { tid, made, period, chain, log, declared } = parts;
  const evidence: Evidence = {
    typ: "evidence",
    ver: 1,
    tid,
    made,
    period,
    chain,
    log,
    checkpoint: encodeBase64url(new TextEncoder().encode(parts.checkpoint)),
    certificates: { report: encodeBase64url(parts.certificate), authority: encodeBase64url(parts.authority) },
    declared,
  };
  const bundle: Bundle = { typ: "bundle", ver: 1, evidence, attest: await parts.attest(evidenceNonce(evidence)) };
  return encodeBundle(bundle);
}
