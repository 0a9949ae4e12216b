import {
  docHash,
  type ImportedKey,
  type ImportOffer,
  parseOfferFile,
  verifyImportOffer,
  wordsOf,
} from "@holdfast/protocol";
import { describeFound } from "../transfer/describe-found.ts";
import { TransferError } from "../transfer/errors.ts";
import { sealKeys, takeWrapped } from "../transfer/seal-keys.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { showTime } from "./output.ts";
import { requireNewFile } from "./place-files.ts";
import { askYes } from "./terminal.ts";
import { importSettings, KEY_FILE_OPTIONS, KEY_FILE_USAGE, keysToSeal, writeNewFile } from "./transfer-options.ts";

export const importSeal: Command = {
  usage: `--offer OFFER --words 'w1 … w8' --out SEALED ${KEY_FILE_USAGE}   (or --wrapped FILE --type symmetric-key|private-key|secret-data for what another tool has wrapped)`,
  options: {
    ...COMMON_OPTIONS,
    ...KEY_FILE_OPTIONS,
    offer: { type: "string" },
    words: { type: "string" },
    out: { type: "string" },
    wrapped: { type: "string" },
    type: { type: "string" },
  },
  async run(context) {
    const { args, out } = context;
    const path = args.get("out");
    requireNewFile(path);
    const offer = await checkedOffer(context);
    const wrapped = args.find("wrapped");
    const bytes =
      wrapped === undefined
        ? await sealKeys(offer, await keysToSeal(args))
        : takeWrapped(offer, wrappedKey(context), readNamedFile(wrapped));
    writeNewFile(path, bytes);
    const words = wordsOf(docHash("sealed", bytes));
    out.result({ sealed: path, words }, () =>
      [
        `Sealed for ${offer.aid}: ${path}`,
        `Its words: ${words.join(" ")}`,
        "Bring the file to the key server: holdfast-agent import commit FILE. Whoever approves compares the words.",
      ].join("\n"),
    );
    return 0;
  },
};

/** @throws {@link TransferError} `E_IMPORT_KEY` for an offer that is not of the key server whose words these are */
async function checkedOffer({ args, out }: CommandContext): Promise<ImportOffer> {
  let offer: ImportOffer;
  try {
    offer = await verifyImportOffer(parseOfferFile(JSON.parse(readNamedFile(args.get("offer")).toString("utf8"))));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new TransferError("E_IMPORT_KEY", "The offer is not signed by a key server of its environment.");
  }
  const words = wordsOf(offer.tid);
  const given = args.find("words");
  if (given === undefined) {
    if (out.json) throw args.usageError("--words is missing: the eight words of the key server's console.");
    const same = await askYes(`The key server's words:\n  ${words.join(" ")}\nAre they those of its console?`);
    if (!same) throw new TransferError("E_IMPORT_KEY", "The words were not confirmed.");
  } else if (given.trim().toLowerCase().split(/\s+/).join(" ") !== words.join(" "))
    throw new TransferError("E_IMPORT_KEY", "The words are not those of the key server that made the offer.");
  if (offer.exp <= Date.now() / 1000)
    throw new TransferError("E_IMPORT_KEY", `The offer ran out on ${showTime(offer.exp)}.`);
  return offer;
}

const TYPES = ["symmetric-key", "private-key", "secret-data"] as const;

function wrappedKey({ args }: CommandContext): ImportedKey {
  const type = TYPES.find((each) => each === (args.find("type") ?? "symmetric-key"));
  if (type === undefined) throw args.usageError(`--type is one of ${TYPES.join(", ")}.`);
  const algorithm = type === "secret-data" ? null : args.get("algorithm");
  const found = { label: args.get("name"), type, algorithm, material: Buffer.alloc(0) };
  return describeFound(found, importSettings(args), { at: 0, of: 1, file: "", alone: true });
}
