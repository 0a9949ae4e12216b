import { ACT_OPTIONS, carryOut } from "./act.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";

export const lock: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    await admin().post("/v1/lock", {});
    out.result(
      { locked: true },
      "Locked. No key, client, rule or trust changes until administrators unlock. Use of keys goes on, and so does what this host alone does: seal, unseal, rekey, kek rotate.",
    );
    return 0;
  },
};

export const unlock: Command = {
  usage: "[--reason TEXT] [--wait]",
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS },
  run(context) {
    return carryOut(context, { act: "domain.unlock", args: {} }, () => {
      context.out.result({ locked: false }, "Unlocked.");
    });
  },
};
