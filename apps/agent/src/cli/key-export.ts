import { dirname, resolve } from "node:path";
import type { ActAnswer, IntroductionView, TakenAnswer } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import type { AdminClient } from "./admin-client.ts";
import { allKeys } from "./all-keys.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { makeFolder, requireNewFile } from "./place-files.ts";
import { transferForm, writeNewFile } from "./transfer-options.ts";

export const keyExport: Command = {
  usage:
    "KEY … | --group G, --to PUBLIC.pem --recipient NAME | --to intro:HASH, --out FILE [--form hpke|rsa-oaep|rsa-kwp] [--inside native|jwk] [--all-versions] [--reason TEXT] [--wait]",
  words: 1000,
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    group: { type: "string" },
    to: { type: "string" },
    recipient: { type: "string" },
    out: { type: "string" },
    form: { type: "string" },
    inside: { type: "string" },
    "all-versions": { type: "boolean" },
  },
  async run(context) {
    const { args, admin, out } = context;
    const path = resolve(args.get("out"));
    const group = args.find("group");
    if ((group === undefined) === (args.positionals.length === 0))
      throw args.usageError("Name keys, or a group with --group.");
    makeFolder(dirname(path), "out");
    requireNewFile(path);
    const to = args.get("to");
    const recipient = to.startsWith("intro:") ? await found(admin(), to) : await introduced(context, to);
    const { label, reference } = recipient;
    const isEc = recipient.facts.some(({ value }) => value === "EC P-256");
    const request = {
      recipient: { label, key: reference },
      form: transferForm(args, isEc ? "hpke" : "rsa-kwp"),
      inside: args.find("inside") ?? "native",
      versions: args.flag("all-versions") ? "all" : "current",
      ...(group === undefined ? { keys: [...args.positionals] } : { group }),
    };
    const stay = group === undefined ? [] : await stayingIn(group, admin());
    const waits = { value: group === undefined ? {} : { stay }, text: stayText(stay) };
    return carryOut(context, { act: "export.wrap", args: request }, showExport, waits);

    function showExport(answer: ActAnswer): void {
      writeExport(answer, path);
      const keys = answer.keys ?? [];
      const listed = keys.map(({ keyId, label: name }) => ({ keyId, label: name }));
      out.result({ file: path, recipient: reference, keys: listed, ...waits.value }, () =>
        [
          `${keys.length} ${keys.length === 1 ? "key is" : "keys are"} in ${path}, for ${label} only.`,
          "Where the private key is: holdfast-agent export open FILE --key PRIVATE.pem --out DIR",
          ...(stay.length === 0 ? [] : ["", waits.text]),
        ].join("\n"),
      );
    }
  },
};

/** Keys of a group that an export of it leaves behind, because they may never leave. */
async function stayingIn(group: string, admin: AdminClient) {
  const keys = await allKeys(admin);
  return keys
    .filter((key) => key.group === group && !key.extractable && key.half?.of !== "public")
    .filter(({ state }) => !state.startsWith("destroyed"))
    .map(({ keyId, label }) => ({ keyId, label, why: "never extractable" }));
}

function stayText(stay: Awaited<ReturnType<typeof stayingIn>>): string {
  if (stay.length === 0) return "";
  const which = stay.map(({ keyId, label }) => `  ${label} (${keyId})`).join("\n");
  const head =
    stay.length === 1
      ? "One key of the group may never leave and stays:"
      : `${stay.length} keys of the group may never leave and stay:`;
  return `${head}\n${which}\nWhat is protected there opens nowhere else: decrypt or re-encrypt it before you destroy anything.`;
}

/** A recipient whose public key was given to this agent before. @throws {@link CliError} `E_USAGE` */
async function found(admin: AdminClient, reference: string): Promise<IntroductionView> {
  const { introductions } = await admin.get<{ introductions: IntroductionView[] }>("/v1/introductions");
  const known = introductions.find((each) => each.reference === reference && each.kind === "recipient");
  if (known === undefined)
    throw new CliError("E_USAGE", "No such recipient was introduced.", "See `holdfast-agent intro list`.");
  return known;
}

/** Introduces a public key out of a file, on this host. */
async function introduced({ admin, args, out }: CommandContext, path: string): Promise<IntroductionView> {
  const offer = readNamedFile(path).toString("utf8");
  const request = { kind: "recipient", label: args.get("recipient"), offer };
  const taken = await admin().post<TakenAnswer>("/v1/introductions", request);
  out.say(`To read out to whoever approves: ${taken.words.join(" ")}`);
  return taken;
}

function writeExport({ files }: ActAnswer, path: string): void {
  const [file] = files ?? [];
  if (file === undefined) return;
  try {
    writeNewFile(path, Buffer.from(file.base64, "base64"));
  } catch {
    throw new CliError(
      "E_FILE",
      `The export was made, but cannot be written to ${path}; it is gone.`,
      "Nothing left this host. Export the keys again, with another --out.",
    );
  }
}
