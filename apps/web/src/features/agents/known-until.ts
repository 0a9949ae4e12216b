import { showWhen } from "../../components/time-text.ts";

/**
 * Up to when this dashboard knows of uses, as the end of a sentence. Key servers write use down once a minute, and what one
 * that is silent has counted since is not known here.
 */
export function knownUntil(agents: readonly { readonly lastSeenAt: number | null }[], now: number): string {
  const heard = agents.map(({ lastSeenAt }) => lastSeenAt);
  const known = heard.filter((each) => each !== null);
  if (known.length === 0 || known.length < heard.length) return "as far as your key server has told";
  return `as of ${showWhen(Math.min(...known), now)}; the last minute or two may be missing`;
}
