import type { GrantOperation } from "@holdfast/protocol";
import type { ProposalRequest } from "@/browser/propose/draft-commands.ts";

/** What a person fills in for a new client. */
export interface ClientForm {
  readonly label: string;
  readonly group: string;
  readonly ops: readonly GrantOperation[];
  readonly days: string;
}

/** Operations this release serves over REST, with what each means. */
export const OPERATIONS: readonly (readonly [GrantOperation, string])[] = [
  ["encrypt", "Encrypt, and make data keys"],
  ["decrypt", "Decrypt"],
  ["locate", "List keys and read their metadata"],
  ["random", "Ask for random bytes"],
  ["create", "Create keys in the group"],
];

export const VALIDITY: readonly (readonly [string, string])[] = [
  ["90", "90 days (usual)"],
  ["30", "30 days"],
  ["365", "1 year"],
];

export const EMPTY_CLIENT: ClientForm = {
  label: "",
  group: "default",
  ops: ["encrypt", "decrypt", "locate"],
  days: "90",
};

/** The request that the form means. */
export function enrolRequest(form: ClientForm): ProposalRequest {
  return {
    act: "client.enrol",
    args: {
      label: form.label.trim().normalize("NFC"),
      auth: { kind: "issued", validitySec: Number(form.days) * 86_400 },
      grants: [{ ops: [...form.ops].sort(), keys: { kind: "group", id: form.group.trim() } }],
    },
  };
}
