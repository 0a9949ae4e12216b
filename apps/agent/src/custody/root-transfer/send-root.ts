import { exportRootForAgent } from "@holdfast/crypto/egress";
import {
  docHash,
  encodeBase64url,
  encodeRootTransfer,
  findBase64url,
  type RootTransferFile,
  rawSignatureBase,
  rootTransferInfo,
} from "@holdfast/protocol";
import { AdmissionError } from "../../admission/errors.ts";
import type { Domain } from "../../domain.ts";

/** What sending needs of the domain. */
export type SendingDomain = Pick<
  Domain,
  "tid" | "aid" | "keys" | "rosters" | "keystore" | "executor" | "guard" | "problem"
> & {
  readonly log: Pick<Domain["log"], "signCheckpoint" | "checkpoint">;
};

/**
 * Seals the domain's root key to an agent that the newest roster names, and to nobody else. The custody log has it before
 * it leaves.
 *
 * Trusts: the roster, which a quorum has signed. The receiver's key is taken from it, never from who asks.
 *
 * @param to - Whom.
 * @throws {@link AdmissionError} `E_ROOT` for an agent that the roster does not name, `E_ROSTER_EXPIRED`, `E_LOCKED`,
 *   `E_RECOVERING`, `E_LOG_CORRUPT`, `E_LOG_ROLLBACK`
 * @see docs/spec/root-transfer.md section 4
 */
export async function sendRoot(domain: SendingDomain, to: string): Promise<RootTransferFile> {
  const { tid, aid, keys, rosters, log, executor } = domain;
  const { roster, hash } = rosters.current();
  const receiver = roster.agents.find((each) => each.aid === to);
  if (receiver === undefined || to === aid)
    throw new AdmissionError("E_ROOT", "The administrators name no such other key server.");
  assertMaySend(domain);
  log.signCheckpoint();
  const checkpoint = encodeBase64url(Buffer.from(log.checkpoint(), "utf8"));
  const header = {
    typ: "rootxfer",
    ver: 1,
    tid,
    from: aid,
    to,
    roster: { seq: roster.seq, hash },
    checkpoint,
  } as const;
  const sealed = await exportRootForAgent(
    keys.root,
    findBase64url(receiver.hpke) ?? new Uint8Array(),
    rootTransferInfo(header),
  );
  const { enc, ct } = sealed;
  const bytes = encodeRootTransfer({ ...header, enc: encodeBase64url(enc), ct: encodeBase64url(ct) });
  const transfer = docHash("rootxfer", bytes);
  // What the administrators decided meanwhile counts: the roster is the one that was read.
  if (rosters.current().hash !== hash)
    throw new AdmissionError("E_ROOT", "The administrators have just changed. Send it again.");
  assertMaySend(domain);
  executor.recordHostEvent("root.send", { to, seq: roster.seq, transfer });
  const sig = encodeBase64url(keys.aik.sign(rawSignatureBase("rootxfer", transfer)));
  return { file: "root-transfer", ver: 1, transfer: { doc: encodeBase64url(bytes), sig }, chain: rosters.links() };
}

function assertMaySend({ rosters, keystore, guard, problem }: SendingDomain): void {
  if (problem !== null) throw new AdmissionError(problem);
  const { locked, recovering } = keystore.domain();
  if (recovering) throw new AdmissionError("E_RECOVERING");
  if (locked) throw new AdmissionError("E_LOCKED");
  if (guard.time() > rosters.current().roster.notAfter) throw new AdmissionError("E_ROSTER_EXPIRED");
}
