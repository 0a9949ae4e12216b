import { type KeyAlgorithm, type NewKey, posesAsKey } from "@holdfast/protocol";
import type { ProposalRequest } from "../../browser/propose/draft-commands.ts";
import { textError } from "../../browser/propose/text-error.ts";
import { planOf } from "./key-form-plan.ts";
import { type Purpose, recommendedAlgorithm, usageFor } from "./key-purposes.ts";

/** What a person fills in for a new key. */
export interface KeyForm {
  readonly purpose: Purpose;
  readonly algorithm: KeyAlgorithm;
  readonly label: string;
  readonly group: string;
  readonly alias: string;
  /** Seconds after which people are told; empty: never. */
  readonly period: string;
  /** Seconds after which each version protects nothing more; empty: no end. */
  readonly originator: string;
  /** Seconds after which each version opens nothing more; empty: no end. */
  readonly recipient: string;
  /** When it begins, protects nothing more and is retired, as this device's clock says it (`2027-01-31T03:00`); empty: not planned. */
  readonly activation: string;
  readonly protectStop: string;
  readonly deactivation: string;
  /** How much it protects in all; empty: no end. */
  readonly limit: string;
  readonly limitUnit: "object" | "byte";
  readonly store: "domain" | "hsm";
  readonly extractable: boolean;
  readonly reason: string;
}

export const PERIODS: readonly (readonly [string, string])[] = [
  [String(90 * 86_400), "90 days"],
  [String(180 * 86_400), "180 days"],
  [String(365 * 86_400), "1 year (usual)"],
  [String(730 * 86_400), "2 years (the most SP 800-57 advises)"],
  ["", "none: it ends when I say so"],
];

export const EMPTY_KEY: KeyForm = {
  purpose: "encrypt",
  algorithm: recommendedAlgorithm("encrypt"),
  label: "",
  group: "default",
  alias: "",
  period: String(365 * 86_400),
  originator: "",
  recipient: "",
  ...{ activation: "", protectStop: "", deactivation: "", limit: "", limitUnit: "object" },
  store: "domain",
  extractable: false,
  reason: "",
};

/** Most characters of a name and of a reason. */
export const LONGEST_LABEL = 128;
export const LONGEST_REASON = 500;
const LONGEST_GROUP = 63;
const LONGEST_ALIAS = 200;
const GROUP = /^[a-z0-9][a-z0-9._-]*$/;
const ALIAS = /^alias\/[A-Za-z0-9/_-]+$/;

/** What is wrong with each field, in words; null where it is right. */
export function keyFormError(form: KeyForm): Record<"label" | "group" | "alias" | "reason" | "periods", string | null> {
  return {
    label: keyNameError(form.label),
    group: groupError(form.group),
    alias: form.alias.trim() === "" ? null : aliasError(form.alias.trim()),
    reason: textError(form.reason, LONGEST_REASON),
    periods: periodsError(form),
  };
}

/** What is wrong with a name of a key or client. */
export function labelError(label: string): string | null {
  return label.trim() === "" ? "Give it a name." : textError(label, LONGEST_LABEL);
}

/** What is wrong with a new name of a key. */
export function keyNameError(name: string): string | null {
  return posesAsKey(name)
    ? "A name does not begin with alias/ and is no key's id: it would be taken for another key's."
    : labelError(name);
}

/** What is wrong with the name of a group of keys. */
export function groupError(group: string): string | null {
  const name = group.trim();
  if (name.length > LONGEST_GROUP) return `At most ${LONGEST_GROUP} characters.`;
  return GROUP.test(name)
    ? null
    : "Lower-case letters, digits, dot, dash and underscore; starts with a letter or digit.";
}

/** What is wrong with the periods of a key, each of which may be right by itself. */
export function periodsError({ period, originator, recipient }: Pick<KeyForm, "period" | "originator" | "recipient">) {
  if (recipient !== "" && (originator === "" || Number(recipient) < Number(originator)))
    return "It opens at least as long as it protects: choose a longer end of opening, or a shorter one of protecting.";
  if (period !== "" && originator !== "" && Number(period) > Number(originator))
    return "It would remind after it has stopped protecting: let it remind sooner, or not at all.";
  return null;
}

export function aliasError(alias: string): string | null {
  if (!ALIAS.test(alias)) return "Starts with alias/, then letters, digits, / _ -";
  return alias.length > "alias/".length + LONGEST_ALIAS ? `At most ${LONGEST_ALIAS} characters after alias/.` : null;
}

/** The request that the form means. */
export function createRequest(form: KeyForm): ProposalRequest {
  const item: NewKey = {
    label: form.label.trim().normalize("NFC"),
    algorithm: form.algorithm,
    usage: usageFor(form.purpose, form.algorithm),
    group: form.group.trim(),
    extractable: form.extractable,
    ...(form.period ? { cryptoperiodSec: Number(form.period) } : {}),
    ...(form.originator ? { originatorSec: Number(form.originator) } : {}),
    ...(form.recipient ? { recipientSec: Number(form.recipient) } : {}),
    ...planOf(form),
    ...(form.store === "hsm" ? { store: form.store } : {}),
    ...(form.alias.trim() ? { alias: form.alias.trim() } : {}),
  };
  return { act: "key.create", args: { items: [item] } };
}
