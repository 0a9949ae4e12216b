import type { Domain } from "../domain.ts";
import type { Loss } from "../keystore/log-index.ts";
import { unreadableEvidence } from "../witnesses/evidence.ts";
import type { DoctorCheck } from "./answers.ts";
import { bad, good, timeOf, warning } from "./check-words.ts";

const EVIDENCE: Readonly<Record<string, { what: string; next: string }>> = {
  E_SPLIT_BRAIN: {
    what: "two histories of this log were signed: this key server runs, or ran, twice",
    next: "Stop the other copy, keep the evidence, and look at both logs before you unlock: docs/operate/witness.md.",
  },
  E_LOG_ROLLBACK: {
    what: "more of this log was signed than there is here: an older disk was put in place, or a copy of this key server runs",
    next: "Look for a copy first, and stop it. Where there is none, put the newest data folder back; if it is gone for good, `holdfast-agent log accept-loss`: docs/operate/witness.md.",
  },
  W_EQUIVOCATION: {
    what: "a witness vouched for two histories",
    next: "Do not count on it any more; show its owner the evidence: docs/operate/witness.md.",
  },
};

const RESTORED =
  "A backup does not hold where witnesses are: add those that this log had again, `holdfast-agent witness add`, docs/operate/witness.md.";
const PUT_BACK =
  "The disk that was put back may name fewer witnesses than there were: add those that this log had again, `holdfast-agent witness add`, docs/operate/witness.md.";

/** Who else remembers the log, and what they have found. */
export function witnessChecks({
  witnesses,
  guard,
  log,
  problem,
  dataDirectory,
  index,
  keystore,
}: Domain): DoctorCheck[] {
  const all = witnesses.status();
  const checks = witnesses.evidence().map(({ code, from, size, at }) => {
    const { what, next } = EVIDENCE[code] ?? { what: "something does not fit", next: "See docs/operate/witness.md." };
    const sentence = `On ${dayOf(at)}, at entry ${size}, shown by ${from}: ${what} (${code}).`;
    // What was resolved stays on record without being a fault of today.
    if (code === "E_LOG_ROLLBACK" && problem === null && at <= (index.lastLoss()?.at ?? 0))
      return warning("evidence", sentence, "The loss was accepted since; the evidence may be moved away.");
    return code === "E_LOG_ROLLBACK" && problem === null && size <= log.size
      ? warning("evidence", sentence, "The log has it all again; the evidence may be moved away.")
      : bad("evidence", sentence, next);
  });
  for (const path of unreadableEvidence(dataDirectory))
    checks.push(
      bad("evidence", `${path} cannot be read.`, "Find out who changed it; it counts for nothing. Move it away then."),
    );
  if (witnesses.ahead !== null) {
    const { size, from } = witnesses.ahead;
    const what = `${from} has seen ${size} entries, this restored log has ${log.size}: accepting it gives up the rest.`;
    checks.push(bad("witnesses", what, "Look for a newer backup before `holdfast-agent restore accept`."));
  }
  if (all.length === 0)
    return [
      ...checks,
      warning(
        "witnesses",
        "Nobody else remembers this log: an older disk or a copy of this key server would not be noticed.",
        nobodysNext(problem, index.lastLoss(), keystore.domain().recovering),
      ),
    ];
  for (const { name, silent, cosignedAt, fault, broken, url, named } of all) {
    const since = cosignedAt === null ? "never" : `last at ${timeOf(cosignedAt)}`;
    if (silent)
      checks.push(
        bad(
          "witnesses",
          `${name} cosigns nothing (${since})${fault === null ? "" : `: ${fault}`} (W_UNAVAILABLE)`,
          "Ask whoever runs it. Everything goes on meanwhile; the log is witnessed by the others.",
        ),
      );
    else if (broken)
      checks.push(
        bad(
          "witnesses",
          `${name} (${since}): ${fault}`,
          "Ask whoever runs it to look at its folder; until then it remembers nothing for you.",
        ),
      );
    else if (url === null && cosignedAt === null && named)
      checks.push(
        warning("witnesses", `Nobody shows this log to ${name}.`, "Say where it is: `holdfast-agent witness add`."),
      );
    else if (fault !== null) checks.push(warning("witnesses", `${name} (${since}): ${fault}`, "It is tried again."));
    else checks.push(good("witnesses", `${name} has cosigned the log, ${since}.`));
  }
  if (guard.alarm() === null && all.every(({ silent }) => silent)) {
    const at = witnesses.witnessedAt();
    const what = at === null ? "Nobody has ever witnessed this log." : `Unwitnessed since ${timeOf(at)}.`;
    checks.push(bad("witnesses", what, "One witness that can be reached is enough to notice an older disk."));
  }
  return checks;
}

function dayOf(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().slice(0, 10);
}

/** A restored log has lost its witnesses' addresses, an older disk perhaps some; another one never had any. */
function nobodysNext(problem: Domain["problem"], loss: Loss | null, recovering: boolean): string {
  if (problem === "E_LOG_ROLLBACK" || (problem === null && (loss?.lost.length ?? 0) > 0)) return PUT_BACK;
  if (recovering || loss !== null) return RESTORED;
  return "Run a witness on another machine: docs/operate/witness.md.";
}
