import { AdmissionError } from "../admission/errors.ts";
import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/**
 * log.acceptLoss: people say that what was signed after this log's head is gone for good, naming the head that goes on and
 * every signed head that is given up.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` when nothing is lost, other heads than those named, or found at another start;
 *   `E_CANCELLED` when somebody said no; `E_SPLIT_BRAIN` when two histories were signed
 */
export function acceptLoss({ command, hash, keystore, log, lost }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  const named = command.args as {
    size: number;
    root: string;
    lost: readonly { size: number; root: string }[];
    found: string;
  };
  if (lost === null || lost.all().length === 0)
    throw new AdmissionError(
      "E_PRESTATE",
      "No signed head is known that this log lacks.",
      {},
      "Put the file `checkpoint` and the witnesses' addresses back, start again and look at `holdfast-agent status`.",
    );
  if (lost.isForked)
    throw new AdmissionError(
      "E_SPLIT_BRAIN",
      "Two trees of one size were signed: that is no loss, but two histories.",
      {},
      "Stop the copy and keep both disks: docs/operate/witness.md. A restore of the newest backup goes on from one of them.",
    );
  if (named.size !== log.size || named.root !== log.root)
    throw new AdmissionError("E_PRESTATE", "The agent's log is not the one named.", { size: log.size });
  if (named.found !== lost.found)
    throw new AdmissionError(
      "E_PRESTATE",
      "What was lost was found anew since this was proposed: the key server was started or unsealed again.",
      {},
      "Propose it again, and have it approved before the next start: `holdfast-agent log accept-loss`.",
    );
  if (lost.isRejected(hash)) throw new AdmissionError("E_CANCELLED");
  const known = lost.all();
  const isSame =
    known.length === named.lost.length &&
    known.every(({ size, root }, at) => named.lost[at]?.size === size && named.lost[at]?.root === root);
  if (!isSame)
    throw new AdmissionError("E_PRESTATE", "Other signed heads are missing here than those named.", {
      newest: known.at(-1)?.size ?? 0,
      named: named.lost.at(-1)?.size ?? 0,
    });
  return [{ on: "domain", before, after: { ...before, recovering: false } }];
}
