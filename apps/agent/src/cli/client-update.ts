import { ACT_OPTIONS, carryOut } from "./act.ts";
import { clientText } from "./client-text.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readGrants } from "./grant-words.ts";

export const clientUpdate: Command = {
  name: "client update",
  summary: "Change what an application may do: these grants in place of all it had",
  usage: "CLIENT (an id or a unique name) --grant 'OPS on SELECTOR' … [--reason TEXT] [--wait]",
  words: 1,
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, grant: { type: "string", multiple: true } },
  async run(context) {
    const grants = readGrants(context.args.all("grant"));
    if (grants.length === 0)
      throw context.args.usageError("--grant is missing; to end all that it may do, use client revoke.");
    const request = { act: "client.update", client: context.args.word(0, "CLIENT"), args: { grants } };
    return carryOut(context, request, ({ client }) => {
      if (client) context.out.result(client, () => clientText(client));
    });
  },
};
