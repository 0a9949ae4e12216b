import { type Attest, encodeBase64url, type RosterChain, type Verified, verifyAttest } from "@holdfast/protocol";
import type { VerifiedCheckpoint } from "@holdfast/tlog";
import { ReportError, refuseAs } from "../errors.ts";
import { type Bundle, evidenceNonce } from "../model/bundle.ts";
import { keysDigest } from "../model/keys-digest.ts";
import type { Replay } from "./replay.ts";

/** What an attestation is held against. */
export type AttestPlace = {
  readonly chain: Verified<RosterChain>;
  readonly checkpoint: VerifiedCheckpoint;
  readonly replay: Replay;
};

/** How far the agent's clock may move while it makes a report. */
const MAKING_SECONDS = 600;

/**
 * Verifies the agent's attestation: by an agent of the newest roster, about this roster, this log and these keys, and
 * over every byte of the evidence.
 *
 * @throws {@link ReportError} `V_ATTEST`; `V_BUNDLE` when the evidence is not what the agent signed for
 */
export async function verifyAttestation({ attest, evidence }: Bundle, place: AttestPlace): Promise<Verified<Attest>> {
  const { head } = place.chain;
  const agents = head.roster.agents;
  const verified = await refuseAs({ code: "V_ATTEST", what: "The attestation does not hold" }, async () => {
    let last: unknown;
    for (const { aid, aik } of agents) {
      try {
        const read = await verifyAttest(attest, aik);
        if (read.aid === aid) return read;
      } catch (error) {
        last = error;
      }
    }
    throw last ?? refused("it is by no agent of this environment");
  });
  if (verified.tid !== place.chain.tid) throw refused("it is of another environment");
  if (verified.roster.seq !== head.roster.seq || verified.roster.hash !== head.hash)
    throw refused("it names other administrators");
  const { size, root } = place.checkpoint;
  if (verified.checkpoint.size !== size || verified.checkpoint.root !== encodeBase64url(root))
    throw refused("it names another log");
  const { count, root: keysRoot } = keysDigest(place.replay.keyStates());
  if (verified.keys.count !== count || verified.keys.root !== keysRoot) throw refused("it names other keys");
  if (verified.nonce !== evidenceNonce(evidence)) {
    throw new ReportError("V_BUNDLE", "The evidence is not what the agent signed for.");
  }
  if (Math.abs(verified.ts - evidence.made) > MAKING_SECONDS) throw refused("it is of another time");
  return verified;
}

function refused(problem: string): ReportError {
  return new ReportError("V_ATTEST", `The attestation is refused: ${problem}.`);
}
