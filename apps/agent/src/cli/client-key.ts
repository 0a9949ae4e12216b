import { X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import type { IssuedFile, TakenAnswer } from "../admin/answers.ts";
import type { ClientFormat } from "./client-formats.ts";
import type { CommandContext } from "./command.ts";
import { takenText } from "./intro.ts";
import { readNamedFile } from "./named-file.ts";

/** Where a new client's key is, and what is said of it in the enrolment. */
export interface ClientKey {
  readonly auth: Readonly<Record<string, unknown>>;
  /** Given to the agent just now; null where the agent makes the key, or it was introduced before. */
  readonly taken: TakenAnswer | null;
  /** How the client's files are written. */
  readonly format: ClientFormat;
}

/** Files of a client that has its key already. */
export const OWN_KEY_FORMAT: ClientFormat = {
  summary: "PEM files, without the key",
  names: ["client.crt", "ca.crt"],
  files: ({ certificate, ca }) => [pem("client.crt", certificate), pem("ca.crt", ca)],
  steps: () => [],
};

/** Files of a client whose certificates another authority issues: it has them. */
export const COMPANY_FORMAT: ClientFormat = {
  summary: "what the client trusts the key server by",
  names: ["ca.crt"],
  files: ({ ca }) => [pem("ca.crt", ca)],
  steps: () => [
    "The application shows the certificate that the company issued, with its key; both stay where they are.",
    "It trusts the key server by ca.crt.",
    "`serve` must name the company's authority with --client-ca, and how revocation is asked about: docs/operate/certificates.md.",
  ],
};

/**
 * The client's own key: by a request that is given to the agent here, or by what a newcomer gave at its page.
 *
 * @throws {@link CliError} `E_USAGE` for both at once, or with a product's format, which holds the key
 */
export async function findOwnKey(
  { args, admin, out }: CommandContext,
  label: string,
  validitySec: number,
): Promise<ClientKey | null> {
  const [csr, introduced] = [args.find("csr"), args.find("intro")];
  if (csr === undefined && introduced === undefined) return null;
  if (csr !== undefined && introduced !== undefined) throw args.usageError("Give --csr or --intro, not both.");
  if (args.get("format") !== "pem")
    throw args.usageError("--format writes a key; with a key of its own the client takes PEM.");
  const own = (key: string, taken: TakenAnswer | null): ClientKey => {
    if (!args.flag("company")) return { auth: { kind: "own-key", key, validitySec }, taken, format: OWN_KEY_FORMAT };
    return {
      auth: { kind: "company", key, ...(args.flag("exact") ? { exact: true } : {}) },
      taken,
      format: COMPANY_FORMAT,
    };
  };
  if (introduced !== undefined) return own(introduced.startsWith("intro:") ? introduced : `intro:${introduced}`, null);
  const offer = readNamedFile(resolve(csr ?? "")).toString("utf8");
  const untimely = args.flag("company") ? untimelyWords(offer) : null;
  if (untimely !== null) out.say(untimely);
  const taken = await admin().post<TakenAnswer>("/v1/introductions", { kind: "client-key", label, offer });
  return own(taken.reference, taken);
}

/** What is said of a certificate that is not valid now; null for one that is, and for a request or a key. */
export function untimelyWords(pemText: string, now: number = Date.now()): string | null {
  if (!pemText.includes("-----BEGIN CERTIFICATE-----")) return null;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pemText);
  } catch {
    return null; // the agent says what is wrong with it
  }
  const { validFromDate, validToDate } = certificate;
  const effect = "its key is enrolled, and the client is refused until it shows one that is valid.";
  if (validToDate.getTime() < now) return `The certificate ended on ${validToDate.toISOString()}: ${effect}`;
  if (validFromDate.getTime() > now)
    return `The certificate is valid from ${validFromDate.toISOString()} only: ${effect}`;
  return null;
}

/** What the person who brought the key reads out to the approvers. */
export function wordsToSay(taken: TakenAnswer): string {
  return `${takenText(taken)}\n\nWho approves is asked for three of them: say them yourself, by voice.`;
}

function pem(name: string, text: string): IssuedFile {
  return { name, mediaType: "application/x-pem-file", base64: Buffer.from(text, "utf8").toString("base64") };
}
