import type { Roster } from "@holdfast/protocol";

/** How many have signed, as the row tells. */
interface Signed {
  readonly old: { readonly have: number };
}

/**
 * Who can stop a change while its delay runs, as the end of a sentence. Of a recovery the dashboard says no more than it knows:
 * that it was stopped once before at its place, only the key server knows.
 *
 * @param roster - The list that the change brings; undefined where it is not read.
 * @param base - The list that it follows; null or undefined where the browser has none.
 */
export function whoStops({ old }: Signed, roster?: Roster, base?: Roster | null): string {
  if (roster === undefined) return "your key server’s page says who can stop it until then";
  if (roster.recover !== true) return "any administrator can stop it until then";
  const keys = base?.recovery.keys.length ?? 0;
  if (keys > 0 && old.have >= keys) return "nobody can stop it: every replacement key signed it";
  return "your key server’s page says whether somebody with a passkey can still stop it";
}
