import { quorumFor, type Roster } from "@holdfast/protocol";
import { showDuration } from "../../components/time-text.ts";

/** How a lock ends, by the rules in force. */
export function unlockWords(roster: Pick<Roster, "policy">): string {
  const { m, groups, noSelf, delaySec } = quorumFor(roster, "domain.unlock");
  const who = m === 1 ? "One administrator unlocks it" : `${m} administrators unlock it together`;
  const of = groups === null ? "" : `, of ${groups.join(" or ")}`;
  const others = noSelf ? ", besides who proposes it" : "";
  return `${who}${of}${others}, at your key server's page${delaySec === 0 ? "" : `; it then waits ${showDuration(delaySec)}`}. It does not end by itself.`;
}
