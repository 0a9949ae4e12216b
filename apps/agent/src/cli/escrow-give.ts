import { resolve } from "node:path";
import {
  backupHash,
  type CheckedOrder,
  checkReleaseOrder,
  decodeBase64url,
  decodeMnemonic,
  encodeBase64url,
  ProtocolError,
  parseReleaseOrder,
  parseSealedShares,
  type SharesOfBackup,
  verifyEscrowedManifest,
  wordsOf,
} from "@holdfast/protocol";
import {
  answerDrill,
  deriveRecipientKey,
  findSeat,
  openKeyFile,
  parseKeyFile,
  type RecipientKey,
  releaseShare,
} from "@holdfast/protocol/custodian";
import type { Arguments } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext, PASSPHRASE_OPTIONS } from "./command.ts";
import { readSecretFile } from "./named-file.ts";
import { createNewFile, requireNewFile } from "./place-files.ts";
import { readOrderFile } from "./release-order-file.ts";
import { askYes, readPassphrase } from "./terminal.ts";

/** A custodian's key file is a short document. */
const MAX_KEY_FILE_BYTES = 65_536;

interface Progress {
  readonly k: number;
  readonly given: readonly string[];
}

/** What the agent asks custodians for. */
type Asked =
  | { readonly kind: "none" }
  | { readonly kind: "release"; readonly order: unknown }
  | {
      readonly kind: "drill";
      readonly drill: string;
      readonly nonce: string;
      readonly manifest: string;
      readonly manifestSig: string;
      readonly shares: string;
    };

/** `escrow give`: a custodian's own tool, at the agent's socket or, with an order's file, on another computer. */
export const escrowGive: Command = {
  usage:
    "--key FILE | --words-file FILE [--order FILE --out FILE] [--words 'w1 … w8'] [--passphrase-file PATH | --passphrase-fd N]",
  options: {
    ...COMMON_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    key: { type: "string" },
    "words-file": { type: "string" },
    order: { type: "string" },
    out: { type: "string" },
    words: { type: "string" },
  },
  async run(context) {
    const { args, out, admin } = context;
    const orderFile = args.find("order");
    if (orderFile !== undefined) return giveByFile(context, orderFile);
    const asked = await admin().get<Asked>("/v1/escrow/asked");
    if (asked.kind === "none")
      throw new CliError("E_USAGE", "Nothing is asked of custodians here.", "A release or a drill has to begin first.");
    if (asked.kind === "drill") {
      const shares = await sharesOf(asked);
      await compareWords(args, shares.tid);
      const answer = await answerDrill(shares, await ownKeyFor(shares, args), () => asked.nonce);
      const { progress } = await admin().post<{ progress: Progress }>("/v1/escrow/answer", {
        drill: asked.drill,
        ...answer,
      });
      out.result({ drill: asked.drill, ...progress }, "Your share can be opened. Nothing of it has left you.");
      return 0;
    }
    const order = await checked(asked.order);
    await compareWords(args, order.tid);
    const share = await releaseShare(order, await ownKeyFor(order, args));
    const { progress } = await admin().post<{ progress: Progress }>("/v1/escrow/share", { ...share });
    out.result(
      { release: order.releaseCmd, ...progress },
      `Given. ${progress.given.length} of ${progress.k} shares are there.`,
    );
    return 0;
  },
};

async function giveByFile({ args, out }: CommandContext, orderFile: string): Promise<number> {
  const target = resolve(args.get("out"));
  requireNewFile(target);
  const order = await checked(readOrderFile(resolve(orderFile)));
  await compareWords(args, order.tid);
  const share = await releaseShare(order, await ownKeyFor(order, args));
  createNewFile(target, `${JSON.stringify(share)}\n`);
  out.result({ file: target }, `Your share, sealed to the new key server alone, is in ${target}.`);
  return 0;
}

function checked(value: unknown): Promise<CheckedOrder> {
  return checkReleaseOrder(parseReleaseOrder(value), Math.floor(Date.now() / 1000));
}

async function sharesOf(asked: Extract<Asked, { kind: "drill" }>): Promise<SharesOfBackup> {
  const bytes = decodeBase64url(asked.manifest);
  const manifest = await verifyEscrowedManifest(bytes, asked.manifestSig);
  const shares = parseSealedShares(decodeBase64url(asked.shares));
  return { tid: manifest.tid, backup: backupHash(bytes), manifest, shares };
}

/** The words are all that tells a custodian whose backup this is: they are compared before the key is opened. */
async function compareWords(args: Arguments, tid: string): Promise<void> {
  const words = wordsOf(tid).join(" ");
  const given = args.find("words")?.trim().toLowerCase().split(/\s+/).join(" ");
  const same =
    given === undefined
      ? await askYes(`The matching words of this environment are\n  ${words}\nAre these the words on your sheet?`)
      : given === words;
  if (!same)
    throw new CliError(
      "E_WORDS",
      "The matching words are not those of your environment.",
      "Give nothing. Tell whoever asked you, by voice.",
    );
}

/** The custodian's key, which has a share of this backup. @throws {@link CliError} `E_CUSTODIAN_FILE` for one that has none */
async function ownKeyFor(of: SharesOfBackup, args: Arguments): Promise<RecipientKey> {
  const key = await ownKey(args);
  requireSeat(of, key.publicKey);
  return key;
}

/** @throws {@link CliError} `E_CUSTODIAN_FILE` for a key that has no share of this backup */
export function requireSeat(of: Pick<SharesOfBackup, "manifest">, publicKey: Uint8Array): void {
  if (findSeat(of, publicKey) !== null) return;
  const { custodians } = of.manifest.escrow;
  throw new CliError(
    "E_CUSTODIAN_FILE",
    `This key has no share of this backup. Its custodians are ${custodians.map(({ label }) => label).join(", ")}.`,
    "The likely causes: it is the key of somebody who is no custodian, or one from before or after this backup was made. Give the key that was introduced for this backup, or have another custodian answer.",
  );
}

async function ownKey(args: Arguments): Promise<RecipientKey> {
  const wordsFile = args.find("words-file");
  if (wordsFile !== undefined) {
    const words = readSecretFile(resolve(wordsFile)).toString("utf8").trim().split(/\s+/);
    return deriveRecipientKey(decodeMnemonic(words));
  }
  const file = parseKeyFile(readSecretFile(resolve(args.get("key")), MAX_KEY_FILE_BYTES).toString("utf8"));
  const source = { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") };
  const passphrase = await readPassphrase(source, `Passphrase of ${file.name}'s key file`);
  const seed = await openKeyFile(file, passphrase).catch((cause: unknown) => {
    if (!(cause instanceof ProtocolError) || cause.code !== "E_SIG") throw cause;
    throw new CliError(
      "E_CUSTODIAN_FILE",
      `The passphrase does not open ${file.name}'s key file, or the file was changed.`,
      "Try the passphrase again; else take the other copy of the file, or the 24 words (--words-file).",
    );
  });
  const key = await deriveRecipientKey(seed);
  seed.fill(0);
  if (encodeBase64url(key.publicKey) !== file.hpke)
    throw new CliError("E_FILE", "The key file holds another key than it says.", "Take another copy of it.");
  return key;
}
