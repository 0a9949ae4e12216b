import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { IssuedFile } from "../admin/answers.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";

export const report: Command = {
  name: "report",
  summary: "Write the custody report: a signed PDF and the evidence bundle",
  usage: "--out DIR",
  options: { ...COMMON_OPTIONS, out: { type: "string" } },
  async run({ admin, args, out }) {
    const directory = resolve(args.get("out"));
    const { files } = await admin().post<{ files: IssuedFile[] }>("/v1/report", {}, 300);
    const paths = files.map((file) => join(directory, file.name));
    try {
      mkdirSync(directory, { recursive: true });
      for (const [index, file] of files.entries()) {
        writeFileSync(paths[index] ?? "", Buffer.from(file.base64, "base64"), { mode: 0o600 });
      }
    } catch {
      throw new CliError("E_FILE", `The report cannot be written to ${directory}.`, "Name another folder with --out.");
    }
    out.result({ files: paths }, () => `${paths.join("\n")}\n\nCheck it anywhere: npx holdfast-verify ${paths[0]}`);
    return 0;
  },
};
