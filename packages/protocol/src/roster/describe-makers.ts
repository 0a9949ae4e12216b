import { shownText } from "../canonical/plain-text.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { hexText } from "../encoding/bytes.ts";
import { fingerprintText } from "../encoding/fingerprint.ts";
import { ProtocolError } from "../errors.ts";
import { parseCertificate } from "../maker/certificate.ts";
import type { Roster } from "./roster.ts";
import type { RosterChangeLine } from "./roster-change-line.ts";

const MOST_NAME_CHARS = 60;
/** Of a certificate's subject: its common name, unit and organisation. */
const NAMES = ["2.5.4.3", "2.5.4.11", "2.5.4.10"];

/** Which makers of passkeys, and which of their models, are taken from now on and no more. */
export function passkeyMakerLines({ attn: old }: Roster, { attn: next }: Roster): RosterChangeLine[] {
  if (old === undefined && next === undefined) return [];
  if (next === undefined) {
    const models = old === undefined || old.aaguidAllow.length === 0 ? "" : `, ${ofModels(old.aaguidAllow)}`;
    const text = `Any passkey is taken from now on. Before, only those of ${makers(old?.roots ?? [])}${models}.`;
    return [{ kind: "changed", text, danger: true }];
  }
  if (old === undefined) {
    const models = next.aaguidAllow.length === 0 ? "" : `, and only ${ofModels(next.aaguidAllow)}`;
    const text = `New passkeys are taken only of ${makers(next.roots)}${models}. Before, any was.`;
    return [{ kind: "changed", text }];
  }
  return [
    ...rootLines(old.roots, next.roots, (name) => `Passkeys of the maker ${name} are taken`),
    ...modelLines(old.aaguidAllow, next.aaguidAllow),
  ];
}

/** Which makers of machines are believed from now on and no more. */
export function machineMakerLines({ evidence: old }: Roster, { evidence: next }: Roster): RosterChangeLine[] {
  if (old === undefined && next === undefined) return [];
  if (next === undefined) {
    const text = `Key servers are taken without their machine's word. Before, only with the word of a machine of ${makers(old?.roots ?? [])}.`;
    return [{ kind: "changed", text, danger: true }];
  }
  if (old === undefined) {
    const text = `Key servers are taken only with the word of a machine of ${makers(next.roots)}. Before, without any.`;
    return [{ kind: "changed", text }];
  }
  return rootLines(old.roots, next.roots, (name) => `The word of machines of the maker ${name} is believed`);
}

function rootLines(
  old: readonly string[],
  next: readonly string[],
  said: (name: string) => string,
): RosterChangeLine[] {
  const without = (these: readonly string[], those: readonly string[]) => these.filter((one) => !those.includes(one));
  return [
    ...without(next, old).map((root): RosterChangeLine => {
      return { kind: "added", text: `${said(rootText(root))} from now on.`, danger: true };
    }),
    ...without(old, next).map((root): RosterChangeLine => {
      return { kind: "removed", text: `${said(rootText(root))} no more.` };
    }),
  ];
}

function modelLines(old: readonly string[], next: readonly string[]): RosterChangeLine[] {
  if (old.length === 0 && next.length === 0) return [];
  if (next.length === 0) {
    const text = `Any model of these makers is taken from now on, before only ${old.map(modelText).join(", ")}.`;
    return [{ kind: "changed", text, danger: true }];
  }
  if (old.length === 0) {
    const text = `Of these makers only ${next.map(modelText).join(", ")} is taken from now on, before any model.`;
    return [{ kind: "changed", text }];
  }
  return [
    ...next
      .filter((one) => !old.includes(one))
      .map((one): RosterChangeLine => {
        const text = `Of these makers the model ${modelText(one)} is taken from now on.`;
        return { kind: "added", text, danger: true };
      }),
    ...old
      .filter((one) => !next.includes(one))
      .map((one): RosterChangeLine => ({ kind: "removed", text: `The model ${modelText(one)} is taken no more.` })),
  ];
}

/** A model as its maker writes it: an AAGUID with hyphens. */
export function modelText(aaguid: string): string {
  return hexText(decodeBase64url(aaguid)).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Root certificates of makers, by the name they give themselves and by what nobody else has: their fingerprint. */
function makers(roots: readonly string[]): string {
  return `the maker${roots.length === 1 ? "" : "s"} ${roots.map(rootText).join(", ")}`;
}

function ofModels(models: readonly string[]): string {
  return `of the model${models.length === 1 ? "" : "s"} ${models.map(modelText).join(", ")}`;
}

/** @returns The name is the certificate's own word and shown as such; its fingerprint is what people compare. */
function rootText(root: string): string {
  return `“${subjectText(root)}” (${fingerprintText(root)})`;
}

function subjectText(root: string): string {
  try {
    const { names } = parseCertificate(decodeBase64url(root));
    const told = [...new Set(NAMES.flatMap((name) => names.get(name) ?? []))].join(", ");
    return shownText(told, MOST_NAME_CHARS) || "without a name";
  } catch (error) {
    if (error instanceof ProtocolError) return "no certificate";
    throw error;
  }
}
