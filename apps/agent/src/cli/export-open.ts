import { join, resolve } from "node:path";
import { type ExportFile, ProtocolError, parseExport } from "@holdfast/protocol";
import { openExport } from "../custody/transfer/open-export.ts";
import { TransferError } from "../transfer/errors.ts";
import {
  EXPORT_OUTPUTS,
  type LeftKey,
  type WrittenExport,
  writeJwks,
  writeKeyFiles,
  writeKmipRequests,
  writeVaultRequests,
} from "../transfer/write-export.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { makeFolder } from "./place-files.ts";
import { writeNewFile } from "./transfer-options.ts";

export const exportOpen: Command = {
  usage: "FILE --out DIR --key PRIVATE.pem [--as files|jwks|kmip]   (or --as vault, which opens nothing)",
  words: 1,
  options: { ...COMMON_OPTIONS, key: { type: "string" }, out: { type: "string" }, as: { type: "string" } },
  async run(context) {
    const { args, out } = context;
    const directory = resolve(args.get("out"));
    const file = readExport(context);
    const { files, left } = await filesOf(context, file);
    makeFolder(directory, "out");
    const paths = files.map(({ name, bytes }) => {
      const path = join(directory, name);
      writeNewFile(path, bytes);
      bytes.fill(0);
      return path;
    });
    out.result(left.length === 0 ? { files: paths } : { files: paths, left, next: LEFT_NEXT }, () =>
      [...(paths.length === 0 ? [] : [...paths, "", IN_THE_CLEAR]), ...leftText(left)].join("\n"),
    );
    return left.length === 0 ? 0 : 1;
  },
};

const IN_THE_CLEAR =
  "These files hold keys in the clear unless they are requests for Vault. Remove them once the next holder has them.";
const LEFT_NEXT =
  "Nothing has to be approved again: the same FILE opens as often as you like. Open it into another folder with `--as files`, which takes every kind of key.";

function leftText(left: readonly LeftKey[]): string[] {
  if (left.length === 0) return [];
  return ["", "Not written:", ...left.map(({ label, version, why }) => `  ${label} v${version}: ${why}`), LEFT_NEXT];
}

function readExport({ args }: CommandContext): ExportFile {
  try {
    return parseExport(readNamedFile(args.word(0, "FILE")));
  } catch (cause) {
    if (cause instanceof ProtocolError) throw new TransferError("E_KEY_FILE", "The file is no export of a key server.");
    throw cause;
  }
}

async function filesOf({ args }: CommandContext, file: ExportFile): Promise<WrittenExport> {
  const as = EXPORT_OUTPUTS.find((each) => each === (args.find("as") ?? "files"));
  if (as === undefined) throw args.usageError(`--as is one of ${EXPORT_OUTPUTS.join(", ")}.`);
  if (as === "vault") return writeVaultRequests(file);
  const privateKey = readNamedFile(args.get("key"));
  const opened = await openExport(file, privateKey);
  try {
    if (as === "jwks") return writeJwks(opened, file.inside);
    if (as === "kmip") return writeKmipRequests(opened, file.inside);
    return { files: writeKeyFiles(opened, file.inside), left: [] };
  } finally {
    privateKey.fill(0);
    for (const { material } of opened) material.fill(0);
  }
}
