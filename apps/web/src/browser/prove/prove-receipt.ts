import {
  commandHash,
  decodeBase64url,
  docHash,
  type Entry,
  EVENT_KINDS,
  findAgent,
  type Leaf,
  type OpenedEntry,
  ProtocolError,
  parseEnvelope,
  type Receipt,
  type RosterChain,
  type Signed,
  statesHash,
  type Verified,
  verifyReceipt,
} from "@holdfast/protocol";
import type { Evidence } from "./evidence.ts";
import { openClaim } from "./open-claim.ts";
import { ProofError } from "./proof-error.ts";

/** Most entries that one command writes. */
const MOST_ENTRIES = 1_000;

/**
 * Finds and verifies the receipt of the command that an entry came from.
 *
 * The receipt travels beside the command's first entry and covers all of them.
 *
 * @returns Null for an entry that no command caused, and for events that have none.
 * @throws {@link ProofError} `P_RECEIPT` for one that is missing or belongs to something else, `P_RECEIPT_SIG` for one
 *   that no key server of the chain signed
 */
export async function proveReceipt(
  opened: OpenedEntry,
  chain: Verified<RosterChain>,
  evidence: Evidence,
): Promise<Verified<Receipt> | null> {
  const { leaf } = opened;
  if (leaf.cause.kind !== "command") return null;
  const first = await findFirst(opened, leaf.cause.hash, evidence);
  if (first === null) {
    if ((EVENT_KINDS as readonly string[]).includes(leaf.kind)) return null;
    throw new ProofError("P_RECEIPT", "The change has no receipt.", { n: leaf.n });
  }
  const receipt = await verifySigner(first.signed, first.leaf, chain);
  checkNamed(receipt, first, leaf.cause.hash);
  checkRoster(receipt, chain);
  if (leaf.n >= receipt.leaf + receipt.count) throw misplaced("The receipt does not cover the entry.", leaf.n);
  await checkStates(receipt, leaf, evidence);
  return receipt;
}

interface First {
  readonly leaf: Leaf;
  readonly signed: Signed;
  readonly envelope: Uint8Array<ArrayBuffer> | null;
}

async function findFirst(opened: OpenedEntry, command: string, evidence: Evidence): Promise<First | null> {
  let at = opened;
  for (let steps = 0; steps < MOST_ENTRIES; steps += 1) {
    if (at.receipt) return { leaf: at.leaf, signed: at.receipt, envelope: at.envelope };
    if (at.leaf.n === 0) return null;
    const before = openClaim(await entryAt(at.leaf.n - 1, evidence));
    if (before.leaf.cause.kind !== "command" || before.leaf.cause.hash !== command) return null;
    at = before;
  }
  return null;
}

async function verifySigner(signed: Signed, leaf: Leaf, chain: Verified<RosterChain>): Promise<Verified<Receipt>> {
  const agent = findAgent(chain, leaf.aid);
  if (agent === null) throw new ProofError("P_RECEIPT_SIG", "No key server of the chain wrote it.", { n: leaf.n });
  try {
    return await verifyReceipt(signed, agent.aik);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "E_SIG") {
      throw new ProofError("P_RECEIPT_SIG", "The receipt is not the key server's.", { n: leaf.n });
    }
    throw error;
  }
}

function checkNamed(receipt: Receipt, { leaf, envelope }: First, command: string): void {
  const same = receipt.tid === leaf.tid && receipt.aid === leaf.aid && receipt.leaf === leaf.n;
  if (!same || receipt.cmd !== command) throw misplaced("The receipt is another one's.", leaf.n);
  if (receipt.count === 1 && (receipt.pre !== leaf.pre || receipt.post !== leaf.post)) {
    throw misplaced("The receipt tells of other states.", leaf.n);
  }
  if (envelope === null) return;
  const { doc } = parseEnvelope(envelope);
  if (docHash("env", envelope) !== receipt.envelope || commandHash(decodeBase64url(doc)) !== receipt.cmd) {
    throw misplaced("The approvals are another command's.", leaf.n);
  }
}

function checkRoster({ roster, leaf }: Receipt, { rosters }: RosterChain): void {
  if (rosters[roster.seq]?.hash !== roster.hash) throw misplaced("The receipt names a roster not of this chain.", leaf);
}

async function checkStates(receipt: Receipt, leaf: Leaf, evidence: Evidence): Promise<void> {
  if (receipt.count <= 1) return;
  const places = Array.from({ length: receipt.count }, (_, index) => receipt.leaf + index);
  const leaves = await Promise.all(
    places.map(async (n) => (n === leaf.n ? leaf : openClaim(await entryAt(n, evidence)).leaf)),
  );
  if (statesHash(leaves.map(({ post }) => post ?? "")) !== receipt.post) {
    throw misplaced("The receipt tells of other states.", leaf.n);
  }
}

async function entryAt(n: number, evidence: Evidence): Promise<Entry> {
  const entry = await evidence.entry(n);
  if (entry.n !== n) throw new ProofError("P_LEAF", "Another entry than the one asked for.", { n });
  return entry;
}

function misplaced(message: string, n: number): ProofError {
  return new ProofError("P_RECEIPT", message, { n });
}
