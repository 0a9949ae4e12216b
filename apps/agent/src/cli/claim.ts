import { COMMON_OPTIONS, type Command } from "./command.ts";
import { showTime } from "./output.ts";

export const claim: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const answer = await admin().post<{ claimUrl: string; expiresAt: number }>("/v1/claim", {});
    out.result(
      answer,
      `Open this address in your browser, before ${showTime(answer.expiresAt)}:\n  ${answer.claimUrl}`,
    );
    return 0;
  },
};
