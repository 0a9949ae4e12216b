import { AgentRefusal } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, PASSPHRASE_OPTIONS } from "./command.ts";
import { handOutShares, requirePlaceForShares } from "./hand-out-shares.ts";
import { keyDirectory } from "./key-directory.ts";
import { readKekChoice, UNSEAL_USAGE } from "./read-kek-choice.ts";
import { readPassphrase } from "./terminal.ts";

/** What the agent says of the new way. */
interface Rekeyed {
  kek: string;
  path: string | null;
  shares: string[];
}

export const rekey: Command = {
  usage: `${UNSEAL_USAGE} [--passphrase-file PATH | --passphrase-fd N] [--current-passphrase-file PATH] [--shares-to DIR]`,
  options: {
    ...COMMON_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    unseal: { type: "string" },
    "current-passphrase-file": { type: "string" },
    "shares-to": { type: "string" },
  },
  async run({ admin, args, out }) {
    if (args.find("unseal") === undefined) throw args.usageError("--unseal is missing.");
    const { kek: present, shares } = await admin().get<{
      kek: string;
      shares: { given: number; needed: number } | null;
    }>("/v1/status");
    if (shares !== null && shares.given < shares.needed)
      throw new AgentRefusal(
        409,
        "E_SHARES_NEEDED",
        `Changing it takes the custodians who open it: ${shares.given} of ${shares.needed} have given their share.`,
        "Each gives it with `holdfast-agent unseal`; then run this again within a quarter of an hour.",
      );
    const current = { file: args.find("current-passphrase-file") };
    const passphrase = present === "passphrase" ? await readPassphrase(current, "Passphrase as it is now") : undefined;
    const kek = await readKekChoice(args, "New passphrase");
    if (kek.kind === "shares") requirePlaceForShares(args.find("shares-to"));
    const body = kek.kind === "shares" ? { kind: kek.kind, ...kek.threshold } : kek;
    const asked = { kek: body, keyDirectory: keyDirectory(), ...(passphrase === undefined ? {} : { passphrase }) };
    const made = await admin().post<Rekeyed>("/v1/rekey", asked);
    const about = `Shares of before open nothing any more.`;
    const files = await handOutShares(made.shares, args.find("shares-to"), about);
    out.result({ kek: made.kek, path: made.path, files }, () => rekeyText(made, files));
    return 0;
  },
};

function rekeyText({ kek, path }: Rekeyed, files: readonly string[]): string {
  const lines = [`Unsealed from now on by: ${path ?? kek}. Nothing was interrupted.`];
  if (files.length > 0) lines.push(`Shares, one file for each custodian: ${files.join(", ")}`);
  lines.push(
    "Copies of the data folder from before still open with what opened them then: destroy those you do not need.",
  );
  return lines.join("\n");
}
