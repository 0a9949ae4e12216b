import { encodeBase64url, type Roster } from "@holdfast/protocol";
import {
  type Cosignature,
  logOrigin,
  type NoteKey,
  openCheckpoint,
  rootAt,
  type VerifiedCheckpoint,
  verifyCosignatures,
} from "@holdfast/tlog";
import { ReportError, refuseAs } from "../errors.ts";
import type { Evidence } from "../model/bundle.ts";
import type { Check } from "./describe-checks.ts";
import { logKeysOf, type ReadLog, readVkey } from "./verify-log.ts";

/** Signed heads that a reader found elsewhere, and whose word about their time counts. */
export type HeadsGiven = {
  /** Notes, as a witness shows them. */
  readonly heads: readonly string[];
  /** vkeys, besides the roster's. */
  readonly witnesses: readonly string[];
};

/**
 * Holds heads that a reader found elsewhere against the report: it must be of the same history, and must not end before
 * a head that a witness had seen when it was made.
 *
 * @throws {@link ReportError} `V_CHECKPOINT` for a head that no agent signed, `W_EQUIVOCATION` for one of another history, `V_STALE`
 *   for a report that was cut short, `V_WITNESS` for a larger head that nobody known has dated
 */
export async function verifyHeads(
  { heads, witnesses }: HeadsGiven,
  { tid, made }: Evidence,
  { tree }: ReadLog,
  roster: Roster,
): Promise<readonly Check[]> {
  const known = [...roster.witnesses.map(({ vkey }) => readVkey(vkey, "V_ROSTER"))];
  known.push(...witnesses.map((vkey) => readVkey(vkey, "V_WITNESS")));
  const checks: Check[] = [];
  for (const note of heads) {
    const head = await refuseAs({ code: "V_CHECKPOINT", what: "A head that was given does not hold" }, () =>
      openCheckpoint(note, logOrigin(tid), logKeysOf(tid, roster)),
    );
    const times = await datesOf(head, known);
    checks.push(head.size <= tree.size ? sameHistory(head, tree, times) : notCutShort(head, tree, { times, made }));
  }
  return checks;
}

function sameHistory(head: VerifiedCheckpoint, tree: ReadLog["tree"], times: readonly Cosignature[]): Check {
  const { size, root } = head;
  if (encodeBase64url(rootAt(size, tree.getNode)) !== encodeBase64url(root)) {
    throw new ReportError("W_EQUIVOCATION", `Another history was signed at entry ${size}: keep report and head.`, {
      size,
    });
  }
  const by = times.length === 0 ? "" : `, seen by ${times.map(({ key }) => key.name).join(", ")}`;
  return { what: "head", text: `the head of ${size} entries that you gave is of this history${by}`, holds: true };
}

function notCutShort(
  { size }: VerifiedCheckpoint,
  tree: ReadLog["tree"],
  { times, made }: { readonly times: readonly Cosignature[]; readonly made: number },
): Check {
  const [first] = [...times].sort((one, other) => one.time - other.time);
  if (first === undefined) {
    throw new ReportError("V_WITNESS", "No witness that you know has cosigned the larger head that you gave.", {
      size,
    });
  }
  const { key, time } = first;
  if (time <= made) {
    throw new ReportError(
      "V_STALE",
      `The report ends at entry ${tree.size}, and ${key.name} had seen ${size} entries before it was made.`,
      { entries: tree.size, seen: size, seenAt: time, made },
    );
  }
  const text = `${key.name} saw ${size} entries after the report was made: ask for a newer one to see the rest`;
  return { what: "head", text, holds: true };
}

async function datesOf({ note }: VerifiedCheckpoint, known: readonly NoteKey[]): Promise<readonly Cosignature[]> {
  return refuseAs({ code: "V_WITNESS", what: "A witness's signature on a head does not hold" }, () =>
    verifyCosignatures(note, known),
  );
}
