import { GRANT_OPERATIONS, type Grant, type GrantOperation } from "@holdfast/protocol";
import type { ProposalRequest } from "../../browser/propose/draft-commands.ts";
import { type ClientKindName, clientKind } from "./client-kinds.ts";

/** What a person fills in for a new client. */
export interface ClientForm {
  readonly kind: ClientKindName;
  readonly label: string;
  /** Which keys the grant is about. */
  readonly keys: "own" | "group";
  readonly group: string;
  readonly ops: readonly GrantOperation[];
  readonly days: string;
  /** Who makes its key, and who its certificate. */
  readonly source: KeySource;
  /** What the key server calls the key that was introduced to it. */
  readonly introduction: string;
}

/** Where a client's key and certificate come from. */
export type KeySource = "issued" | "own-key" | "company";

export const KEY_SOURCES: readonly (readonly [KeySource, string])[] = [
  ["issued", "both made by your key server"],
  ["own-key", "its own key, certified by your key server"],
  ["company", "its own key, certified by your company's authority"],
];

/** What is wrong with the name of an introduction; null for a good one. */
export function introductionError({
  source,
  introduction,
}: Pick<ClientForm, "source" | "introduction">): string | null {
  if (source === "issued") return null;
  const text = introduction.trim();
  if (text === "") return "Paste what the key server calls it: intro:…";
  return /^intro:[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(text)
    ? null
    : "It begins with intro: and has 43 characters more.";
}

/** Operations that can be granted, with what each means, by what they are about. */
export const OPERATIONS: readonly {
  readonly title: string;
  readonly ops: readonly (readonly [GrantOperation, string])[];
}[] = [
  {
    title: "Use keys that stay inside",
    ops: [
      ["encrypt", "Encrypt, and make data keys"],
      ["decrypt", "Decrypt"],
      ["sign", "Sign"],
      ["verify", "Check signatures"],
      ["mac", "Make and check authentication codes"],
      ["derive", "Derive keys and agree on secrets"],
      ["random", "Ask for random bytes"],
    ],
  },
  {
    title: "Keep keys",
    ops: [
      ["locate", "Find keys and read what is said of them"],
      ["create", "Make keys"],
      ["import", "Bring keys along"],
      ["attributes", "Name and describe keys, plan their dates"],
      ["alias", "Give aliases"],
      ["activate", "Activate keys"],
      ["revoke", "Retire keys"],
      ["destroy", "Destroy keys"],
    ],
  },
  {
    title: "Let keys out and in",
    ops: [
      ["get", "Take key material out, of keys that may leave"],
      ["wrap", "Take keys out wrapped under others"],
      ["unwrap", "Take wrapped keys in"],
    ],
  },
];

export const VALIDITY: readonly (readonly [string, string])[] = [
  ["90", "90 days (usual)"],
  ["30", "30 days"],
  ["365", "1 year"],
];

/** The form as a kind of client begins with it. */
export function formOf(name: string | null): ClientForm {
  const { value, ops, keys } = clientKind(name);
  return {
    ...{ kind: value, label: "", ops, days: "90", source: "issued", introduction: "" },
    keys: keys.kind,
    group: keys.kind === "group" ? keys.group : "default",
  };
}

/** Of words in an address, those that can be granted. */
export function operationsIn(text: string | null): GrantOperation[] {
  const words = (text ?? "").split(",");
  return GRANT_OPERATIONS.filter((operation) => operation !== "all" && words.includes(operation));
}

/** What clients of a key need to be granted for its uses. */
export function operationsFor(usage: readonly string[]): GrantOperation[] {
  const meant = usage.map((use) => (use === "verifymac" ? "mac" : use === "agree" ? "derive" : use));
  return GRANT_OPERATIONS.filter((operation) => meant.includes(operation) || operation === "locate");
}

/** The grant that the form means. */
export function grantOf({ ops, keys, group }: ClientForm): Grant {
  return { ops: [...ops].sort(), keys: keys === "own" ? { kind: "own" } : { kind: "group", id: group.trim() } };
}

/** The request that the form means. */
export function enrolRequest(form: ClientForm): ProposalRequest {
  const label = form.label.trim().normalize("NFC");
  return { act: "client.enrol", args: { label, auth: authOf(form), grants: [grantOf(form)] } };
}

/** The request that a client may do what is kept of its grants, and one more where a form says so. */
export function rightsRequest(
  { id, label, headLeaf }: { readonly id: string; readonly label: string; readonly headLeaf: number },
  kept: readonly Grant[],
  more: ClientForm | null,
): ProposalRequest {
  const added = more !== null && more.ops.length > 0 ? [grantOf(more)] : [];
  return {
    act: "client.update",
    target: { kind: "client", client: id, label },
    args: { grants: [...kept.map(({ ops, keys }) => ({ ops: [...ops], keys })), ...added] },
    expect: { head: headLeaf },
  };
}

function authOf({ source, introduction, days }: ClientForm) {
  const validitySec = Number(days) * 86_400;
  const key = introduction.trim();
  if (source === "issued") return { kind: "issued", validitySec } as const;
  return source === "own-key" ? ({ kind: "own-key", key, validitySec } as const) : ({ kind: "company", key } as const);
}
