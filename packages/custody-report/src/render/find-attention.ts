import { isKnownOutside, periodEnds } from "@holdfast/protocol";
import type { Facts, KeyFacts } from "../model/facts.ts";
import { tellApart } from "./names.ts";
import type { AttentionItem } from "./report-content.ts";
import { count, day, minute } from "./words.ts";

const SOON_SECONDS = 30 * 86_400;

/** What in the facts asks for a person or limits what the report can show, gravest first. */
export function findAttention(facts: Facts): readonly AttentionItem[] {
  return [...troubles(facts), ...dueKeys(facts), ...limits(facts)];
}

function troubles(facts: Facts): AttentionItem[] {
  const { domain, roster, made, keys, events, refusals, backup } = facts;
  const items: (AttentionItem | false)[] = [
    domain.recovering &&
      danger("restore", "The environment is recovering: nobody has accepted the restored state.", "open"),
    domain.locked && danger("lock", "Changes of keys and trust are locked; use goes on.", "locked"),
    roster.notAfter <= made &&
      danger("rules", "The list of administrators and rules has expired.", day(roster.notAfter)),
    roster.notAfter > made &&
      roster.notAfter - made < SOON_SECONDS &&
      warning("rules", "The list of administrators and rules must be renewed.", day(roster.notAfter)),
    some(
      keys,
      ({ state }) => state.state.endsWith("compromised"),
      (many, names) =>
        danger("exposed", `${count(many, "key is", "keys are")} marked compromised: ${names}`, "re-encrypt"),
    ),
    backup.unbacked > 0 &&
      warning(
        "backup",
        `${count(backup.unbacked, "key is", "keys are")} in no backup.`,
        backup.newestAt === null ? "none yet" : `${minute(backup.newestAt)} UTC`,
      ),
    some(
      keys,
      ({ releases }) => releases > 0,
      (many, names) => warning("release", `Material of ${count(many, "key")} left the key server: ${names}`, "see log"),
    ),
    some(
      keys,
      ({ state }) => isKnownOutside(state) && (state.state === "active" || state.state === "suspended"),
      (many, names) =>
        warning("known", `${count(many, "key is", "keys are")} known to a former holder: ${names}`, "rotate"),
    ),
    events.some(({ kind }) => kind === "clock") &&
      warning("clock", "The key server's clock stepped; times since then follow its running time.", "see events"),
    refusals > 0 &&
      warning(
        "refused",
        `${count(refusals, "command")} with an approval ${refusals === 1 ? "was" : "were"} refused.`,
        "see log",
      ),
  ];
  return items.filter((item) => item !== false);
}

function dueKeys({ keys, made }: Facts): AttentionItem[] {
  const due: { item: AttentionItem; at: number }[] = [];
  const nameOf = tellApart(keys);
  for (const key of keys) {
    const { state, versionAt } = key;
    const { destroyDue } = state.dates;
    const name = nameOf(key);
    if (destroyDue !== undefined) {
      due.push({
        at: destroyDue,
        item: warning("destroy", `${name} will be destroyed`, `${minute(destroyDue)} UTC`),
      });
    }
    if (state.state !== "active") continue;
    const { due: end, originator } = periodEnds(state.dates, versionAt);
    if (end === undefined) continue;
    if (originator !== undefined && originator <= made)
      due.push({
        at: end,
        item: danger(
          "ended",
          `${name} protects nothing any more: its originator-usage period is over`,
          day(originator),
        ),
      });
    else if (end < made)
      due.push({
        at: end,
        item: warning("overdue", `${name} passed the end of its cryptoperiod: rotation is due`, day(end)),
      });
    else if (end - made < SOON_SECONDS) {
      due.push({
        at: end,
        item: { ...warning("due", `${name} nears the end of its cryptoperiod`, day(end)), tone: "muted" },
      });
    }
  }
  return due.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

/** What the evidence cannot show, said as plainly as what it can. */
function limits(facts: Facts): AttentionItem[] {
  const { local, roster, declared, log, made } = facts;
  const newest = Math.max(0, ...log.cosignatures.map(({ time }) => time));
  const items: (AttentionItem | false)[] = [
    local
      ? warning(
          "people",
          "Local administrator: approvals are made on the key server's own host, by whoever controls it.",
          "1 person",
        )
      : roster.admins.length === 1 && warning("people", "One administrator: no act needs a second person.", "1 person"),
    declared.kek === "file" &&
      warning("KEK", "KEK: file on the same host. Who copies the host's disks has what opens the keys.", "declared"),
    declared.kek === "credential" &&
      warning(
        "KEK",
        "KEK: given by the host's service manager. Who controls that host, or its sealed credential and the means to open it, has what opens the keys.",
        "declared",
      ),
    newest === 0
      ? warning(
          "witness",
          "No witness has signed this log: when things happened rests on the key server's word.",
          "0 witnesses",
        )
      : made - newest > 86_400 &&
        warning("witness", "The newest signature of a witness is old.", `${minute(newest)} UTC`),
    warning("host", "Build, runtime and host: without hardware evidence it is the agent's word.", "agent's word"),
  ];
  return items.filter((item) => item !== false);
}

function some(
  keys: readonly KeyFacts[],
  is: (key: KeyFacts) => boolean,
  say: (many: number, names: string) => AttentionItem,
): AttentionItem | false {
  const found = keys.filter(is);
  if (found.length === 0) return false;
  const names = found.slice(0, 3).map(tellApart(keys));
  return say(found.length, found.length > 3 ? `${names.join(", ")} and ${found.length - 3} more` : names.join(", "));
}

function warning(mark: string, text: string, where: string): AttentionItem {
  return { mark, text, where, tone: "warning" };
}

function danger(mark: string, text: string, where: string): AttentionItem {
  return { mark, text, where, tone: "danger" };
}
