import { ACT_OPTIONS, carryOut } from "./act.ts";
import { clientText } from "./client-text.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { CONFIRM_OPTIONS, confirmEnd } from "./confirm-end.ts";

export const clientRevoke: Command = {
  usage:
    "CLIENT (an id or a unique name) [--issued: everybody who came by the secret as well] [--reason TEXT] [--yes] [--wait]",
  words: 1,
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, ...CONFIRM_OPTIONS, issued: { type: "boolean" } },
  async run(context) {
    const client = context.args.word(0, "CLIENT");
    const all = context.args.flag("issued") ? ({ issued: "true" } as const) : {};
    await confirmEnd(context, { act: "client.revoke", client, ...all });
    const args = context.args.flag("issued") ? { issued: true } : {};
    const request = { act: "client.revoke", client: context.args.word(0, "CLIENT"), args };
    return carryOut(context, request, ({ client }) => {
      if (client) context.out.result(client, () => clientText(client));
    });
  },
};
