import { resolve } from "node:path";
import type { IssuedFile } from "../admin/answers.ts";
import { MAX_REPORT_ANSWER_BYTES } from "./admin-client.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { checkPlace, makeFolder, placeFiles } from "./place-files.ts";

const MADE_WITHIN_SECONDS = 600;

export const report: Command = {
  usage: "--out DIR",
  options: { ...COMMON_OPTIONS, out: { type: "string" } },
  async run({ admin, args, out }) {
    const directory = resolve(args.get("out"));
    makeFolder(directory, "out");
    const { files } = await admin().post<{ files: IssuedFile[] }>(
      "/v1/report",
      {},
      MADE_WITHIN_SECONDS,
      MAX_REPORT_ANSWER_BYTES,
    );
    checkPlace(
      directory,
      files.map(({ name }) => name),
      "out",
    );
    const paths = placeFiles(directory, files);
    out.result({ files: paths }, () => `${paths.join("\n")}\n\nCheck it anywhere: npx holdfast-verify ${paths[0]}`);
    return 0;
  },
};
