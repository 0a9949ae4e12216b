import { resolve } from "node:path";
import type { StatusAnswer } from "../admin/answers.ts";
import type { KeyBefore } from "../custody/hsm/hsm.ts";
import type { StagedShares } from "../custody/staged-shares.ts";
import type { AdminClient } from "./admin-client.ts";
import { AgentRefusal, CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, PASSPHRASE_OPTIONS } from "./command.ts";
import { handOutShares, requirePlaceForShares, takeBackShares } from "./hand-out-shares.ts";
import { keyDirectory } from "./key-directory.ts";
import { withPinOfNewWay } from "./pin-of-new-agent.ts";
import { readKekChoice, UNSEAL_USAGE } from "./read-kek-choice.ts";
import { endedWith, readPassphrase } from "./terminal.ts";

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
    if (kek.kind === "shares") {
      const to = args.find("shares-to");
      requirePlaceForShares(to, kek.threshold.parts);
      const place = to === undefined ? {} : { sharesTo: resolve(to) };
      const body = { kek: { kind: kek.kind, ...kek.threshold }, keyDirectory: keyDirectory(), passphrase, ...place };
      const { files, set, inToken } = await rekeyToShares(admin(), body, to);
      out.result({ kek: kek.kind, path: null, set, files, inToken }, () =>
        rekeyText(`custodians' shares, set ${set}`, files, inToken),
      );
      return 0;
    }
    const change = { kek, keyDirectory: keyDirectory(), passphrase };
    const made = await withPinOfNewWay(() => admin().post<Rekeyed>("/v1/rekey", change));
    out.result({ ...made, files: [] }, () => rekeyText(made.path ?? made.kek, [], made.inToken));
    return 0;
  },
};

interface Rekeyed {
  readonly kek: string;
  readonly path: string | null;
  readonly inToken: KeyBefore | null;
}

/** Has shares made, hands them out, and only then has them open the agent. */
async function rekeyToShares(
  admin: AdminClient,
  body: object,
  directory: string | undefined,
): Promise<{ files: string[]; set: string; inToken: KeyBefore | null }> {
  const staged = await admin.post<StagedShares>("/v1/rekey", body);
  const { set, ticket } = staged;
  let files: string[];
  try {
    files = await endedWith("Stopped. What opened the agent before still does.", SHARES_ARE_VOID, () =>
      handOutShares({ ...staged, about: ABOUT }, directory),
    );
  } catch (cause) {
    await admin.post("/v1/rekey/cancel", { ticket }).catch(() => null);
    throw cause;
  }
  let inToken: KeyBefore | null = null;
  try {
    ({ inToken } = await admin.post<Pick<Rekeyed, "inToken">>("/v1/rekey/commit", { ticket }));
  } catch (cause) {
    if (!(await isOpenedBy(admin, set))) {
      takeBackShares(files);
      throw cause;
    }
  }
  return { files, set, inToken };
}

/** What opens the agent now, where no answer said it. @throws {@link CliError} `E_REKEY_UNKNOWN` where it does not answer */
async function isOpenedBy(admin: AdminClient, set: string): Promise<boolean> {
  try {
    return (await admin.get<StatusAnswer>("/v1/status")).shareSet === set;
  } catch {
    throw new CliError(
      "E_REKEY_UNKNOWN",
      `The agent did not answer the last step: either the shares of set ${set} open it, or what did before.`,
      "Keep both. `holdfast-agent status` names the set that opens it once it runs again.",
    );
  }
}

/** True before the set takes effect, and on the paper afterwards. */
const ABOUT =
  "Once every share of this set has been given out they open the agent, and what opened it before opens nothing any more.";

const SHARES_ARE_VOID =
  "Destroy shares that were written down: they open nothing. Run `holdfast-agent rekey` again for others.";

function rekeyText(way: string, files: readonly string[], inToken: KeyBefore | null): string {
  const lines = [`Unsealed from now on by: ${way}. Nothing was interrupted.`];
  if (files.length > 0) lines.push(`Shares, one file for each custodian: ${files.join(", ")}`);
  if (inToken !== null) lines.push(keyBeforeText(inToken));
  lines.push(
    "Copies of the data folder from before still open with what opened them then: destroy those you do not need.",
  );
  return lines.join("\n");
}

function keyBeforeText({ label, uri, serial, removed, why }: KeyBefore): string {
  if (removed) return `The key ${label} that opened it in the token ${serial} was destroyed there.`;
  return `The key ${label} that opened it is still in the token ${serial} (${why}): ${uri}\nNothing here needs it any more. Remove it there with the token's own tools, unless another key server or a copy of the data folder opens with it.`;
}
