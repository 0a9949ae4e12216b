import {
  decodeBase64url,
  describeRosterChange,
  HoldfastError,
  parseRoster,
  replacementKeyName,
  stayingRecoveryKeys,
} from "@holdfast/protocol";
import { openReplacementKey, type ReplacementSigner, readReplacementWords } from "@holdfast/protocol/custodian";
import type { LinkDecided } from "../roster/link-decided.ts";
import type { RecoveryNotice } from "../roster/recovery.ts";
import type { Arguments, OptionSpecs } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { showTime } from "./output.ts";
import { readHidden } from "./terminal.ts";

/** How the 24 words may be given; never on the command line itself. */
export const RECOVERY_WORDS_OPTIONS: OptionSpecs = { "words-file": { type: "string" }, "words-fd": { type: "string" } };

/**
 * Reads a replacement key's words from a file, a descriptor or the terminal, and opens the key. They leave this process in
 * no form.
 *
 * @param keys - The environment's recovery keys: another one is refused.
 * @throws {@link CliError} `E_WORDS`; as {@link readHidden}
 */
export async function keyFromWords(args: Arguments, keys: readonly string[]): Promise<ReplacementSigner> {
  if (keys.length === 0)
    throw new CliError(
      "E_WORDS",
      "This environment has no replacement key: no words are of it.",
      "Make one while everybody has their passkeys: `holdfast-agent recover invite NAME` (docs/operate/lost-passkey.md).",
    );
  const source = { file: args.find("words-file"), descriptor: args.find("words-fd") };
  const text = await readHidden(source, "The 24 words (what you type is not shown)", {
    next: "Give them with --words-file FILE (mode 0600) or --words-fd N.",
  });
  const key = await openReplacementKey(readReplacementWords(text)).catch((error: unknown) => {
    if (error instanceof HoldfastError)
      throw new CliError("E_WORDS", problemOf(error), "Read them again from your copy.");
    throw error;
  });
  if (!keys.includes(key.cose))
    throw new CliError(
      "E_WORDS",
      "These are the words of a replacement key, but of none of this environment's.",
      "See which environment and key server stand on the copy; a replaced key is no longer good.",
    );
  return key;
}

/** What a waiting recovery does, for people. */
export function recoveryText(notice: RecoveryNotice): string {
  const { hash, kind, doc, base, have, need, due, exp, signedBy, unsigned, displaces } = notice;
  const [next, old] = [parseRoster(decodeBase64url(doc)), parseRoster(decodeBase64url(base))];
  const gets = next.admins.flatMap(({ adm, label, creds }) => {
    const before = old.admins.find((one) => one.adm === adm)?.creds ?? [];
    const added = creds.filter(({ credId }) => !before.some((one) => one.credId === credId)).length;
    const gone = before.filter(({ credId }) => !creds.some((one) => one.credId === credId)).length;
    return added + gone === 0 ? [] : [`  ${label}: ${added} new, ${gone} no longer good`];
  });
  const left = old.admins.filter(({ adm }) => !next.admins.some((one) => one.adm === adm));
  const what =
    kind === "recover"
      ? [...gets, ...left.map(({ label }) => `  ${label}: is administrator no more`)]
      : describeRosterChange(old, next).lines.map(({ text }) => `  ${text}`);
  const by = signedBy.length === 0 ? "" : `: ${signedBy.join(", ")}`;
  const signed = `signed by ${have} of ${need}${kind === "recover" ? " replacement keys" : " administrators"}${by}`;
  const state =
    due === null
      ? `${signed}; signatures are taken until ${showTime(exp)}`
      : `in force by itself at ${showTime(due)}, or later: only the agent's running time counts`;
  const more =
    kind === "recover" && due !== null && unsigned.length > 0
      ? [
          `  signed by ${signedBy.join(", ")}; ${unsigned.join(", ")} may sign as well: \`holdfast-agent recover sign ${hash}\``,
        ]
      : [];
  const objection =
    due === null
      ? []
      : [`  Until then: ${objectText(notice, stayingRecoveryKeys(old, next)).what} ${objectText(notice).next}`];
  const title = kind === "recover" ? "RECOVERY" : "CHANGE OF THE REPLACEMENT KEYS";
  const ends = displaces === 0 ? [] : [`  ${endsText(displaces)}: \`holdfast-agent roster list\``];
  return [`${title} ${hash}`, ...what, ...ends, `  ${state}`, ...more, ...objection].join("\n");
}

function endsText(count: number): string {
  return count === 1 ? "ends an approved change that waits its delay" : `ends ${count} approved changes that wait`;
}

/** Who may stop it, and how. @param staying - Of a change of the replacement keys: those that alone have a say; null for all */
export function objectText(
  { kind, mayObject, hash }: Pick<RecoveryNotice, "kind" | "mayObject" | "hash">,
  staying: readonly { readonly cose: string }[] | null = null,
) {
  if (kind === "keys")
    return {
      what:
        staying === null
          ? "Any one of the present replacement keys may stop it."
          : `A replacement key that stays may stop it (${staying.map(replacementKeyName).join(", ")}); one that goes has no say.`,
      next: `Run \`holdfast-agent recover object ${hash}\`.`,
    };
  if (mayObject)
    return {
      what: "One administrator may stop it with a passkey, once.",
      next: `Do it at the agent's page, /recover#${hash}.`,
    };
  return {
    what: "Nobody can stop it:",
    next: "every replacement key signed it, or it was stopped once before.",
  };
}

/** What a signature led to, once the delay runs. */
export function scheduledText({ due, ended = [] }: LinkDecided, mayObject: boolean): string {
  return [
    `Signed. The new passkeys are good at ${showTime(due)} if this agent runs until then; keys can be used all the time.`,
    mayObject
      ? "Whoever still has a passkey of this environment sees it and may stop it once, until then. `holdfast-agent recover status` shows it."
      : "Nobody can stop it any more. `holdfast-agent recover status` shows it.",
    ...(ended.length === 0
      ? []
      : [`It ended what waited for this place (${ended.join(", ")}): propose that again when it is in force.`]),
  ].join("\n");
}

function problemOf({ detail }: HoldfastError<string>): string {
  if (typeof detail["word"] === "number") return `Word ${detail["word"]} is not a word of the list.`;
  if (typeof detail["words"] === "number") return `There are ${detail["words"]} words, not 24.`;
  return "The words are all good, but they do not belong together: one is another than on your copy.";
}
