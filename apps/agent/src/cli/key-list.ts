import { allKeys } from "./all-keys.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { keyTable } from "./key-text.ts";

export const keyList: Command = {
  usage: "[--state STATE] [--group G]",
  options: { ...COMMON_OPTIONS, state: { type: "string" }, group: { type: "string" } },
  async run({ admin, args, out }) {
    const keys = await allKeys(admin());
    const [state, group] = [args.find("state"), args.find("group")];
    const shown = keys.filter((key) => (!state || key.state === state) && (!group || key.group === group));
    out.result({ keys: shown }, () => keyTable(shown));
    return 0;
  },
};
