import { type OpenedEntry, type RosterChain, type Verified, verifyRosterChain } from "@holdfast/protocol";
import { ReportError, refuseAs } from "../errors.ts";
import type { Evidence } from "../model/bundle.ts";

/**
 * Verifies the roster chain from its genesis, and that the log accepted exactly these links in this order.
 *
 * @throws {@link ReportError} `V_ROSTER`
 */
export async function verifyChain(
  { tid, chain }: Evidence,
  entries: readonly OpenedEntry[],
): Promise<Verified<RosterChain>> {
  const [genesis] = entries;
  if (genesis?.leaf.kind !== "genesis" || genesis.leaf.subject !== tid) {
    throw new ReportError("V_ROSTER", "The log does not begin with the genesis of this environment.", { entry: 0 });
  }
  const accepted = entries.filter(({ leaf }) => leaf.kind === "roster").map(({ leaf }) => leaf);
  // A link that waited its delay was accepted when that began.
  const began = new Map<string, number>();
  for (const { leaf } of entries)
    if (leaf.kind === "roster.scheduled" && !began.has(leaf.subject)) began.set(leaf.subject, leaf.ts);
  const acceptedAt = (seq: number) => {
    const leaf = accepted[seq - 1];
    // One that a restored agent learnt of was accepted in the log that was lost: its proof is judged with its entry.
    if (leaf === undefined || leaf.data?.["learnt"] !== undefined) return null;
    return began.get(leaf.subject) ?? leaf.ts;
  };
  const verified = await refuseAs({ code: "V_ROSTER", what: "The administrators and rules do not hold" }, () =>
    verifyRosterChain(chain, acceptedAt),
  );
  if (verified.tid !== tid) throw new ReportError("V_ROSTER", "The chain founds another environment.", {});
  const links = verified.rosters.slice(1);
  const fits = links.length === accepted.length && links.every(({ hash }, at) => hash === accepted[at]?.subject);
  if (!fits) throw new ReportError("V_ROSTER", "The chain's links are not those that the log accepted.", {});
  return verified;
}
