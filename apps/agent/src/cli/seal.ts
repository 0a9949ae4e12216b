import type { StatusAnswer } from "../admin/answers.ts";
import type { Arguments } from "./arguments.ts";
import { COMMON_OPTIONS, type Command, PASSPHRASE_OPTIONS } from "./command.ts";
import { readHidden, readPassphrase } from "./terminal.ts";

export const seal: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    await admin().post("/v1/seal", {});
    out.result({ sealed: true }, "Sealed. No key can be used until `holdfast-agent unseal`.");
    return 0;
  },
};

export const unseal: Command = {
  usage:
    "[--passphrase-file PATH | --passphrase-fd N] [--share-file PATH | --share-fd N]   (a file, a credential needs nothing)",
  options: {
    ...COMMON_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    "share-file": { type: "string" },
    "share-fd": { type: "string" },
  },
  async run({ admin, args, out }) {
    const answer = await admin().post<Unsealed>(
      "/v1/unseal",
      await secretFor(await admin().get<StatusAnswer>("/v1/status"), args),
    );
    out.result(answer, () => unsealText(answer));
    return 0;
  },
};

interface Unsealed {
  sealed: boolean;
  /** Whether it was, before this: only then a passphrase was tried. Not said where shares open it. */
  wasSealed?: boolean;
  shares?: NonNullable<StatusAnswer["shares"]>;
}

async function secretFor({ kek, hsm }: StatusAnswer, args: Arguments): Promise<object> {
  const source = { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") };
  const isGiven = source.file !== undefined || source.descriptor !== undefined;
  const asksForPin = hsm !== null && (!hsm.unattended || isGiven);
  if (kek === "passphrase" || asksForPin) {
    return { passphrase: await readPassphrase(source, asksForPin ? "PIN of the token" : "Passphrase of this agent") };
  }
  if (kek !== "shares") return {};
  const shareSource = { file: args.find("share-file"), descriptor: args.find("share-fd") };
  const asked = { what: "share", next: "Give it with --share-file PATH or --share-fd N." };
  return { share: shareIn(await readHidden(shareSource, "Your share: its number and 24 words, on one line", asked)) };
}

/** A share as it was typed, or in the file that was written for a custodian: its number and the words after it. */
function shareIn(text: string): string {
  const found = /(?:^|\n)\s*(\d{1,2}(?:\s+[a-z]+){24})\s*$/i.exec(text);
  return (found?.[1] ?? text).replace(/\s+/g, " ").trim();
}

function unsealText({ sealed, wasSealed, shares }: Unsealed): string {
  if (wasSealed === false) return "It was not sealed; nothing was tried.";
  if (!sealed && (shares === undefined || shares.given === 0)) return "Unsealed. Keys can be used again.";
  if (shares === undefined) return "Still sealed.";
  const { given, needed } = shares;
  if (sealed)
    return `Share taken. Still needed: ${needed - given} of ${needed}. They are kept in memory for a quarter of an hour.`;
  return given < needed
    ? `Share taken, for a change of how the agent is unsealed. Still needed: ${needed - given} of ${needed}.`
    : "Enough shares for a change of how the agent is unsealed: `holdfast-agent rekey`, within a quarter of an hour.";
}
