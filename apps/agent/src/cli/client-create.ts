import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { IssuedFile } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { readDurationSeconds } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { clientText } from "./client-text.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readGrant } from "./grant-words.ts";

export const clientCreate: Command = {
  name: "client create",
  summary: "Enrol an application: issues its certificate and writes its files",
  usage: "NAME --cert DIR --grant 'OPS on SELECTOR' … [--validity P365D] [--reason TEXT] [--wait]",
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
    prepareDirectory(directory);
    const request = { act: "client.enrol", args: { label, auth: { kind: "issued", validitySec }, grants } };
    return carryOut(context, request, ({ client, files }) => {
      if (!client) return;
      const paths = writeFiles(directory, files ?? []);
      out.result({ ...client, files: paths }, () => `${clientText(client)}\n\nFiles: ${paths.join(", ")}`);
    });
  },
};

function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch {
    throw new CliError("E_FILE", `${directory} cannot be made.`, "Name a folder you may write to with --cert.");
  }
}

function writeFiles(directory: string, files: readonly IssuedFile[]): string[] {
  return files.map((file) => {
    const path = join(directory, file.name);
    const mode = file.name.endsWith(".key") ? 0o600 : 0o644;
    writeFileSync(path, Buffer.from(file.base64, "base64"), { mode });
    return path;
  });
}
