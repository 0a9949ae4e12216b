import { resolve } from "node:path";
import type { ReceivingProgress } from "../custody/escrow/receiving.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";

/** `escrow take`: hands a share over that a custodian sealed on another computer. */
export const escrowTake: Command = {
  usage: "FILE",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ args, admin, out }) {
    const share = readSealedShare(resolve(args.word(0, "FILE")));
    const { progress } = await admin().post<{ progress: ReceivingProgress }>("/v1/escrow/share", share);
    const { have, need, ...shares } = progress;
    out.result(
      { ...shares, approvals: { have, need }, shares: { have: shares.given.length, need: shares.k } },
      `Taken. ${shares.given.length} of ${shares.k} shares are there (${shares.given.join(", ")}).`,
    );
    return 0;
  },
};

const MEMBERS = "ct,enc,releaseCmd,seat";

/** Reads what `escrow give --out` wrote. @throws {@link CliError} `E_FILE` for another file, saying so of a release's order */
export function readSealedShare(path: string): object {
  const value = jsonIn(readNamedFile(path));
  const members = typeof value === "object" && value !== null ? Object.keys(value).sort().join() : "";
  if (members === MEMBERS) return value as object;
  const what = members.includes("manifestSig")
    ? "is the order of a release, not a custodian's share"
    : "is no custodian's share";
  throw new CliError(
    "E_FILE",
    `${path} ${what}. Nothing was taken.`,
    "Name the file that the custodian's `holdfast-agent escrow give --out FILE` wrote.",
  );
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
