import {
  docHash,
  encodeBase64url,
  findAgent,
  type OpenedEntry,
  type Receipt,
  type RosterChain,
  type Signed,
  statesHash,
  type Verified,
  type VerifiedRoster,
  verifyReceipt,
} from "@holdfast/protocol";
import { rootAt } from "@holdfast/tlog";
import { ReportError, refuseAs } from "../errors.ts";
import type { ReadLog } from "./verify-log.ts";

/** Where a receipt must fit. */
export type ReceiptPlace = {
  readonly log: ReadLog;
  readonly chain: Verified<RosterChain>;
  readonly roster: VerifiedRoster;
  readonly entry: OpenedEntry;
};

/** How long after its first entry a receipt may be dated. */
const LONGEST_SECONDS = 120;

/**
 * Verifies a receipt: signed by an agent of the chain, about these very entries, their states and the tree they made.
 *
 * @throws {@link ReportError} `V_RECEIPT`
 */
export async function verifyReceiptOf(signed: Signed, place: ReceiptPlace): Promise<Verified<Receipt>> {
  const { leaf } = place.entry;
  const agent = findAgent(place.chain, leaf.aid);
  if (agent === null) throw refused(leaf.n, "its agent is not of this environment");
  const receipt = await refuseAs(
    { code: "V_RECEIPT", what: `Entry ${leaf.n}: the receipt does not hold`, detail: { entry: leaf.n } },
    () => verifyReceipt(signed, agent.aik),
  );
  if (receipt.tid !== place.chain.tid || receipt.aid !== leaf.aid)
    throw refused(leaf.n, "the receipt is of another agent");
  if (leaf.cause.kind !== "command" || receipt.cmd !== leaf.cause.hash)
    throw refused(leaf.n, "the receipt is of another command");
  checkEntries(receipt, place);
  if (receipt.roster.seq !== place.roster.roster.seq || receipt.roster.hash !== place.roster.hash) {
    throw refused(leaf.n, "the receipt names other administrators than those of its time");
  }
  if (receipt.ts < leaf.ts || receipt.ts > leaf.ts + LONGEST_SECONDS)
    throw refused(leaf.n, "the receipt is of another time");
  return receipt;
}

function checkEntries(receipt: Receipt, { log, entry }: ReceiptPlace): void {
  const { n, cause, kind } = entry.leaf;
  const written = log.entries.slice(n, n + receipt.count).map(({ leaf }) => leaf);
  const together = written.every(
    (leaf) =>
      leaf.kind === kind && leaf.cause.kind === "command" && leaf.cause.hash === (cause as { hash: string }).hash,
  );
  if (receipt.leaf !== n || receipt.count < 1 || written.length !== receipt.count || !together) {
    throw refused(n, "the receipt is of other entries");
  }
  const [only] = written;
  const post = receipt.count === 1 ? only?.post : statesHash(written.map((leaf) => leaf.post ?? ""));
  const pre = receipt.count === 1 ? only?.pre : undefined;
  if (receipt.post !== post || receipt.pre !== pre) throw refused(n, "the receipt is of other states");
  const fits =
    receipt.size >= n + receipt.count &&
    receipt.size <= log.tree.size &&
    encodeBase64url(rootAt(receipt.size, log.tree.getNode)) === receipt.root;
  if (!fits) throw refused(n, "the receipt is of another tree");
}

/** The envelope beside an entry must be the one its receipt names. @throws {@link ReportError} `V_RECEIPT` */
export function checkEnvelopeHash(receipt: Receipt, envelope: Uint8Array, entry: number): void {
  if (docHash("env", envelope) !== receipt.envelope)
    throw refused(entry, "the approvals are not those that the receipt names");
}

function refused(entry: number, problem: string): ReportError {
  return new ReportError("V_RECEIPT", `Entry ${entry}: ${problem}.`, { entry });
}
