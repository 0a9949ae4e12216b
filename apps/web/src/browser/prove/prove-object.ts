import { type ClientClaim, contradictsState, type KeyClaim } from "./contradicts-state.ts";
import type { Evidence } from "./evidence.ts";
import { ProofError } from "./proof-error.ts";
import { type ProvedEntry, proveEntry } from "./prove-entry.ts";
import type { Standing } from "./prove-environment.ts";

/** What a server shows where the key server keeps a name to itself. */
const NAME_NOT_SHARED = "(name not shared)";

/** A row that a server shows: facts, names, and the entry that last changed the facts. */
export type ObjectClaim = (KeyClaim | ClientClaim) & {
  readonly label: string;
  readonly alias?: string | null;
  readonly headLeaf: number;
};

/**
 * Proves that a key or client is what a server shows: the state that the log has for it, under the names that were put
 * on record for it. A proved entry under a made-up row would be worth nothing.
 *
 * A server can show an older state or name than the newest; only a reader of the whole log sees that.
 *
 * @throws {@link ProofError} `P_RELABELLED`, and what {@link proveEntry} throws
 */
export async function proveObject(
  claim: ObjectClaim,
  standing: Pick<Standing, "tid" | "chain" | "head">,
  evidence: Evidence,
): Promise<ProvedEntry> {
  const proved = await proveEntry(claim.headLeaf, standing, evidence);
  if (contradictsState(claim, proved.state)) throw relabelled(claim);
  const names = await provedNames(claim, proved, { standing, evidence });
  if ((names.label ?? NAME_NOT_SHARED) !== claim.label || (names.alias ?? null) !== (claim.alias ?? null))
    throw relabelled(claim);
  return { ...proved, names };
}

async function provedNames(
  { id }: ObjectClaim,
  head: ProvedEntry,
  { standing, evidence }: { standing: Pick<Standing, "tid" | "chain" | "head">; evidence: Evidence },
): Promise<ProvedEntry["names"]> {
  const births = id.startsWith("k_") ? ["key.create", "key.register"] : ["client.enrol", "client.permit"];
  const label = id.startsWith("k_") ? await newestOf("key.label", id, evidence) : null;
  if (label === null && births.includes(head.leaf.kind)) return head.names;
  let born: number | null = null;
  for (const birth of births) born ??= await newestOf(birth, id, evidence);
  if (born === null) throw new ProofError("P_NAME", "No entry puts the name on record.");
  const [first, last] = await Promise.all(
    [born, label ?? born].map(async (n) => {
      const entry = await proveEntry(n, standing, evidence);
      if (entry.leaf.subject !== id) throw new ProofError("P_NAME", "The name is another object's.", { n });
      return entry;
    }),
  );
  const { alias: _, ...unaliased } = first?.names ?? {};
  return { ...(last?.leaf.data?.unalias === true ? unaliased : first?.names), ...last?.names };
}

async function newestOf(kind: string, subject: string, evidence: Evidence): Promise<number | null> {
  const [newest] = await evidence.entries({ kind, subject });
  return newest?.n ?? null;
}

function relabelled({ headLeaf }: ObjectClaim): ProofError {
  return new ProofError("P_RELABELLED", "The page shows something else than the log has.", { n: headLeaf });
}
