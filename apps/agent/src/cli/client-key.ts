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
const NO_FILES: ClientFormat = { summary: "none", names: [], files: () => [], steps: () => [] };

/**
 * The client's own key: by a request that is given to the agent here, or by what a newcomer gave at its page.
 *
 * @throws {@link CliError} `E_USAGE` for both at once, or with a product's format, which holds the key
 */
export async function findOwnKey(
  { args, admin }: CommandContext,
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
    return { auth: { kind: "company", key, ...(args.flag("exact") ? { exact: true } : {}) }, taken, format: NO_FILES };
  };
  if (introduced !== undefined) return own(introduced.startsWith("intro:") ? introduced : `intro:${introduced}`, null);
  const offer = readNamedFile(resolve(csr ?? "")).toString("utf8");
  const taken = await admin().post<TakenAnswer>("/v1/introductions", { kind: "client-key", label, offer });
  return own(taken.reference, taken);
}

/** What the person who brought the key reads out to the approvers. */
export function wordsToSay(taken: TakenAnswer): string {
  return `${takenText(taken)}\n\nWho approves is asked for three of them: say them yourself, by voice.`;
}

function pem(name: string, text: string): IssuedFile {
  return { name, mediaType: "application/x-pem-file", base64: Buffer.from(text, "utf8").toString("base64") };
}
