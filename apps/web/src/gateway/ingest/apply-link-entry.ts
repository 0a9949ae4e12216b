import { concludeLink, type ProposedLink, type Scope, type TenantClient } from "@holdfast/db";
import {
  decodeBase64url,
  docHash,
  encodeBase64url,
  type LeafKind,
  type OpenedEntry,
  parseEnvelope,
  parseRoster,
} from "@holdfast/protocol";

/** What each entry about a change of administrators and rules says became of it. */
const RESULTS: Partial<Readonly<Record<LeafKind, string>>> = {
  roster: "applied",
  "roster.scheduled": "scheduled",
  "roster.cancelled": "cancelled",
  "roster.refused": "refused",
};

/** Brings the record of a change to what its entry says: one that gave way to another is told of by the log too. */
export async function applyLinkEntry(
  tx: TenantClient,
  scope: Scope,
  { leaf, envelope }: Pick<OpenedEntry, "leaf" | "envelope">,
): Promise<void> {
  const status = RESULTS[leaf.kind];
  if (status === undefined) return;
  const due = leaf.data?.["due"];
  await concludeLink(tx, scope, {
    ...{ hash: leaf.subject, status, code: leaf.code ?? null },
    due: typeof due === "number" ? due : null,
    link: envelope === null ? null : linkIn(envelope, leaf.subject),
  });
}

/** The change that an envelope carries, when it is the one of that hash. */
function linkIn(envelope: Uint8Array, hash: string): ProposedLink | null {
  const { doc, intros } = parseEnvelope(envelope);
  const bytes = decodeBase64url(doc);
  if (docHash("roster", bytes) !== hash) return null;
  const { seq, issued, acceptBy } = parseRoster(bytes);
  return { hash, doc: encodeBase64url(bytes), intros: intros ?? [], seq, issued, exp: acceptBy };
}
