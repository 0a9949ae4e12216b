import { dirname, resolve } from "node:path";
import type { ActAnswer, RecipientView } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { makeFolder } from "./place-files.ts";
import { readNamedFile } from "./terminal.ts";
import { transferForm, writeNewFile } from "./transfer-options.ts";

export const keyExport: Command = {
  name: "key export",
  summary: "Take keys out, wrapped for the holder of a private key",
  usage:
    "KEY … | --group G, --to PUBLIC.pem --recipient NAME --out FILE [--form hpke|rsa-oaep|rsa-kwp] [--inside native|jwk] [--all-versions] [--reason TEXT] [--wait]",
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
    const label = args.get("recipient");
    const group = args.find("group");
    if ((group === undefined) === (args.positionals.length === 0))
      throw args.usageError("Name keys, or a group with --group.");
    makeFolder(dirname(path), "out");
    const key = readNamedFile(args.get("to")).toString("base64url");
    const introduced = await admin().post<RecipientView>("/v1/recipients", { key });
    out.say(`The recipient's public key: ${introduced.words.join(" ")}`);
    const request = {
      recipient: { label, key: introduced.key },
      form: transferForm(args, introduced.kind === "p256" ? "hpke" : "rsa-kwp"),
      inside: args.find("inside") ?? "native",
      versions: args.flag("all-versions") ? "all" : "current",
      ...(group === undefined ? { keys: [...args.positionals] } : { group }),
    };
    return carryOut(context, { act: "export.wrap", args: request }, (answer) => {
      writeExport(answer, path);
      const keys = answer.keys ?? [];
      out.result(
        { file: path, words: introduced.words, keys: keys.map(({ keyId, label: name }) => ({ keyId, label: name })) },
        () =>
          [
            `${keys.length} ${keys.length === 1 ? "key is" : "keys are"} in ${path}, for ${label} only.`,
            "Where the private key is: holdfast-agent export open FILE --key PRIVATE.pem --out DIR",
          ].join("\n"),
      );
    });
  },
};

function writeExport({ files }: ActAnswer, path: string): void {
  const [file] = files ?? [];
  if (file !== undefined) writeNewFile(path, Buffer.from(file.base64, "base64"));
}
