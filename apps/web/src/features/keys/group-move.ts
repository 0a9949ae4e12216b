import type { Grant } from "@holdfast/protocol";

/** What of a client decides which groups' keys it may use. */
interface GrantHolder {
  readonly id: string;
  readonly label: string;
  readonly state: string;
  /** Set of an enrolment secret, which uses no key itself. */
  readonly permit: unknown;
  readonly grants: readonly Grant[];
}

/** Which clients a key's move to another group concerns, by name. */
export interface GroupMove {
  /** Those whose grants are about it only where it is now. */
  readonly loses: readonly string[];
  /** Those whose grants are about it only where it goes. */
  readonly gains: readonly string[];
  /** Those whose grants are about it in either, but for more or for less. */
  readonly changes: readonly string[];
}

/** Who may use a key after it moves to another group, and who no longer, as far as grants tell. Only to show: agents decide by their own records. */
export function groupMove(
  key: { readonly id: string; readonly group: string; readonly ownerClient: string | null },
  clients: readonly GrantHolder[],
  group: string,
): GroupMove {
  const concerned = clients
    .filter(({ state, permit }) => state === "active" && permit === null)
    .map((client) => ({
      label: client.label,
      before: opsOn(key, client),
      after: opsOn({ ...key, group }, client),
    }))
    .filter(({ before, after }) => before !== after);
  const labels = (of: (each: { readonly before: string; readonly after: string }) => boolean) =>
    concerned.filter(of).map(({ label }) => label);
  return {
    loses: labels(({ after }) => after === ""),
    gains: labels(({ before }) => before === ""),
    changes: labels(({ before, after }) => before !== "" && after !== ""),
  };
}

/** What a client may do with a key, as one text; empty for nothing. */
function opsOn(
  key: { readonly id: string; readonly group: string; readonly ownerClient: string | null },
  { id, grants }: GrantHolder,
): string {
  const about = grants.filter(({ keys }) => {
    if (keys.kind === "all") return true;
    if (keys.kind === "own") return key.ownerClient === id;
    return keys.id === (keys.kind === "group" ? key.group : key.id);
  });
  return [...new Set(about.flatMap(({ ops }) => ops))].sort().join(",");
}
