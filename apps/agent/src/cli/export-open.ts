import { join, resolve } from "node:path";
import { type ExportFile, ProtocolError, parseExport } from "@holdfast/protocol";
import { openExport } from "../custody/transfer/open-export.ts";
import { TransferError } from "../transfer/errors.ts";
import {
  EXPORT_OUTPUTS,
  type WrittenKey,
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
    makeFolder(directory, "out");
    const written = await filesOf(context, file);
    const paths = written.map(({ name, bytes }) => {
      const path = join(directory, name);
      writeNewFile(path, bytes);
      bytes.fill(0);
      return path;
    });
    out.result({ files: paths }, () =>
      [
        ...paths,
        "",
        "These files hold keys in the clear unless they are requests for Vault. Remove them once the next holder has them.",
      ].join("\n"),
    );
    return 0;
  },
};

function readExport({ args }: CommandContext): ExportFile {
  try {
    return parseExport(readNamedFile(args.word(0, "FILE")));
  } catch (cause) {
    if (cause instanceof ProtocolError) throw new TransferError("E_KEY_FILE", "The file is no export of a key server.");
    throw cause;
  }
}

async function filesOf({ args }: CommandContext, file: ExportFile): Promise<WrittenKey[]> {
  const as = EXPORT_OUTPUTS.find((each) => each === (args.find("as") ?? "files"));
  if (as === undefined) throw args.usageError(`--as is one of ${EXPORT_OUTPUTS.join(", ")}.`);
  if (as === "vault") return writeVaultRequests(file);
  const privateKey = readNamedFile(args.get("key"));
  const opened = await openExport(file, privateKey);
  try {
    if (as === "jwks") return writeJwks(opened, file.inside);
    return as === "kmip" ? writeKmipRequests(opened, file.inside) : writeKeyFiles(opened, file.inside);
  } finally {
    privateKey.fill(0);
    for (const { material } of opened) material.fill(0);
  }
}
