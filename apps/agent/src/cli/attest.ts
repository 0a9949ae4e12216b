import { randomBytes } from "node:crypto";
import { COMMON_OPTIONS, type Command } from "./command.ts";

export const attest: Command = {
  usage: "[--nonce B64U]",
  options: { ...COMMON_OPTIONS, nonce: { type: "string" } },
  async run({ admin, args, out }) {
    const nonce = args.find("nonce") ?? randomBytes(16).toString("base64url");
    const answer = await admin().post<{ attest: { doc: string; sig: string } }>("/v1/attest", { nonce });
    const document = Buffer.from(answer.attest.doc, "base64url").toString("utf8");
    out.result(answer.attest, () => JSON.stringify(JSON.parse(document), null, 2));
    return 0;
  },
};
