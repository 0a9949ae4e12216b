import { HoldfastError } from "@holdfast/protocol";
import type { Evidence } from "./evidence.ts";
import { openClaim } from "./open-claim.ts";
import type { Standing } from "./prove-environment.ts";
import { type OutcomeClaim, provedWord } from "./prove-outcome.ts";

/** What waits its delay by the log, while a server's record does not say so. */
export type Hidden = Pick<OutcomeClaim, "of" | "hash">;

/** Newest waits of each kind that are looked at. */
const MOST = 30;

/**
 * Finds what waits its delay by the log while a server's record of it says something else, or is gone: a wait protects
 * only who sees it.
 *
 * A server that leaves the entry of the wait itself out is found by a reader of the whole log alone.
 *
 * @param statusOf - What the server's record says of one now; null where it has none.
 * @param settled - Hashes of what was proved to be over, which stays so; added to.
 */
export async function findHidden(
  standing: Pick<Standing, "tid" | "chain" | "head">,
  evidence: Evidence,
  statusOf: (about: Hidden) => Promise<string | null>,
  settled: Set<string>,
): Promise<readonly Hidden[]> {
  const waits = await Promise.all([waitsOf("command", evidence), waitsOf("link", evidence)]);
  const found = await Promise.all(
    waits.flat().map(async ({ isTold, ...about }) => {
      if (settled.has(about.hash)) return [];
      const status = await statusOf(about);
      if (status === "scheduled" || (status === null && !isTold)) return [];
      if (await isWaiting(about, standing, evidence)) return [about];
      settled.add(about.hash);
      return [];
    }),
  );
  return found.flat();
}

/** Of a command whose text is kept from the server (`domain.set` share: hashes) it may have no record. */
async function waitsOf(of: Hidden["of"], evidence: Evidence) {
  const entries = await evidence.entries({
    kind: of === "link" ? "roster.scheduled" : "command.scheduled",
    most: MOST,
  });
  const waits = entries.flatMap((entry) => {
    const { subject, cause } = openClaim(entry).leaf;
    const hash = of === "link" ? subject : cause.kind === "command" ? cause.hash : null;
    return hash === null ? [] : [{ of, hash, isTold: of === "link" || entry.envelope !== undefined }];
  });
  return waits;
}

/** An end that does not verify is none. */
async function isWaiting(
  about: Hidden,
  standing: Pick<Standing, "tid" | "chain" | "head">,
  evidence: Evidence,
): Promise<boolean> {
  try {
    const word = await provedWord(about, standing, evidence);
    return word === null || word === "scheduled";
  } catch (error) {
    if (error instanceof HoldfastError) return true;
    throw error;
  }
}
