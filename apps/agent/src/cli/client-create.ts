import { resolve } from "node:path";
import type { IssuedFile } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { readDurationSeconds } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { clientText } from "./client-text.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readGrant } from "./grant-words.ts";
import { checkPlace, placeFiles } from "./place-files.ts";

const LONGEST_VALIDITY_SECONDS = 1830 * 86_400;
/** What a new client is handed. */
const CLIENT_FILES = ["client.crt", "client.key", "ca.crt"];

export const clientCreate: Command = {
  name: "client create",
  summary: "Enrol an application: issues its certificate and writes its files",
  usage: "NAME --cert DIR --grant 'OPS on SELECTOR' … [--validity P365D] [--reason TEXT] [--wait]",
  words: 1,
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    cert: { type: "string" },
    grant: { type: "string", multiple: true },
    validity: { type: "string", default: "P365D" },
  },
  async run(context) {
    const { args, out } = context;
    const directory = resolve(args.get("cert"));
    const grants = args.all("grant").map(readGrant);
    if (grants.length === 0) throw args.usageError("--grant is missing.");
    const label = args.word(0, "NAME");
    const validitySec = readDurationSeconds(args.get("validity"), "validity");
    if (validitySec < 3600 || validitySec > LONGEST_VALIDITY_SECONDS)
      throw args.usageError("--validity is PT1H to P1830D.");
    checkPlace(directory, CLIENT_FILES, "cert");
    const request = { act: "client.enrol", args: { label, auth: { kind: "issued", validitySec }, grants } };
    return carryOut(context, request, ({ client, files }) => {
      if (!client) return;
      const paths = placeOrExplain(directory, files ?? [], client.clientId);
      out.result({ ...client, files: paths }, () => `${clientText(client)}\n\nFiles: ${paths.join(", ")}`);
    });
  },
};

/** A client whose key could not be kept is worth nothing to anybody: it says how to withdraw it. */
function placeOrExplain(directory: string, files: readonly IssuedFile[], clientId: string): string[] {
  try {
    return placeFiles(directory, files);
  } catch {
    throw new CliError(
      "E_FILE",
      `The client was enrolled, but its files cannot be written to ${directory}; its private key is gone.`,
      `Withdraw it with \`holdfast-agent client revoke ${clientId}\`, then enrol it again.`,
    );
  }
}
