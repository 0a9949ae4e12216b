import { type GrantOperation, isNetwork, LONGEST_PERMIT_SECONDS, MOST_PERMITTED } from "@holdfast/protocol";
import type { ProposalRequest } from "../../browser/propose/draft-commands.ts";
import { groupError, labelError } from "../keys/key-form.ts";

/** What a person fills in for a secret by which machines enrol themselves. */
export interface PermitForm {
  readonly label: string;
  readonly ops: readonly GrantOperation[];
  readonly group: string;
  /** How many it lets in. */
  readonly most: string;
  /** From where: networks, one a line or between commas. */
  readonly networks: string;
  /** Seconds for which the secret is good. */
  readonly lasts: string;
  /** Seconds for which each certificate is good. */
  readonly validity: string;
  readonly renewable: boolean;
}

const DAY = 86_400;
const MOST_NETWORKS = 16;

export const EMPTY_PERMIT: PermitForm = {
  ...{ label: "", ops: ["decrypt", "encrypt", "locate"], group: "default", most: "10", networks: "" },
  ...{ lasts: String(7 * DAY), validity: String(DAY), renewable: false },
};

/** How long a secret may be good. */
export const LASTS: readonly (readonly [string, string])[] = [
  ["3600", "1 hour"],
  [String(DAY), "1 day"],
  [String(7 * DAY), "7 days (usual)"],
  [String(30 * DAY), "30 days (the most)"],
];

/** How long each certificate may be good. */
export const VALIDITIES: readonly (readonly [string, string])[] = [
  ["3600", "1 hour"],
  [String(DAY), "1 day (usual)"],
  [String(7 * DAY), "7 days"],
  [String(30 * DAY), "30 days"],
  [String(90 * DAY), "90 days"],
  [String(365 * DAY), "1 year"],
];

/** What is wrong with each field, in words; null where it is right. */
export function permitFormError(form: PermitForm): Record<"label" | "group" | "most" | "networks", string | null> {
  return {
    label: labelError(form.label),
    group: groupError(form.group),
    most: mostError(form.most),
    networks: networksError(form.networks),
  };
}

/** The request that the form means. @param now - Unix seconds. */
export function permitRequest(form: PermitForm, now: number): ProposalRequest {
  return {
    act: "client.permit",
    args: {
      ...{ label: form.label.trim().normalize("NFC"), ops: [...form.ops].sort(), group: form.group.trim() },
      ...{ most: Number(form.most), networks: networksIn(form.networks) },
      ...{ validitySec: Number(form.validity), renewable: form.renewable },
      // A minute less than the most, so that a clock a little behind the key server's asks for nothing too long.
      until: now + Math.min(Number(form.lasts), LONGEST_PERMIT_SECONDS - 60),
    },
  };
}

function networksIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((each) => each !== ""))];
}

function mostError(text: string): string | null {
  const most = Number(text);
  return /^\d+$/.test(text.trim()) && most >= 1 && most <= MOST_PERMITTED
    ? null
    : `A number from 1 to ${MOST_PERMITTED}.`;
}

function networksError(text: string): string | null {
  const networks = networksIn(text);
  if (networks.length === 0) return "Name at least one: the secret is worth nothing from anywhere else.";
  if (networks.length > MOST_NETWORKS) return `At most ${MOST_NETWORKS} networks.`;
  const wrong = networks.find((each) => !isNetwork(each));
  if (wrong === undefined) return null;
  const alone = `${wrong}/${wrong.includes(":") ? 128 : 32}`;
  if (isNetwork(alone)) return `${wrong} is one address: write ${alone}.`;
  return `${wrong} is no network in its shortest form. It is written like 10.20.0.0/16 or 2001:db8:7::/48, /8 or smaller (IPv6: /16), with zeros after what counts.`;
}
