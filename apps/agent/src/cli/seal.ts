import type { StatusAnswer } from "../admin/answers.ts";
import { COMMON_OPTIONS, type Command, PASSPHRASE_OPTIONS } from "./command.ts";
import { readPassphrase } from "./terminal.ts";

export const seal: Command = {
  name: "seal",
  summary: "Take the root key out of memory: everything stops until `unseal`",
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    await admin().post("/v1/seal", {});
    out.result({ sealed: true }, "Sealed. No key can be used until `holdfast-agent unseal`.");
    return 0;
  },
};

export const unseal: Command = {
  name: "unseal",
  summary: "Bring the root key back into memory",
  usage: "[--passphrase-file PATH | --passphrase-fd N]   (a key-encryption key in a file needs no passphrase)",
  options: { ...COMMON_OPTIONS, ...PASSPHRASE_OPTIONS },
  async run({ admin, args, out }) {
    const { kek, hsm } = await admin().get<Pick<StatusAnswer, "kek" | "hsm">>("/v1/status");
    const asksForPin = hsm !== null && !hsm.unattended;
    const body =
      kek === "passphrase" || asksForPin
        ? {
            passphrase: await readPassphrase(
              { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") },
              asksForPin ? "PIN of the token" : "Passphrase of this agent",
            ),
          }
        : {};
    await admin().post("/v1/unseal", body);
    out.result({ sealed: false }, "Unsealed. Keys can be used again.");
    return 0;
  },
};
