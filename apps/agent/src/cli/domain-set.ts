import { ACT_OPTIONS, carryOut } from "./act.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";

export const domainSet: Command = {
  name: "domain set",
  summary: "Decide whether a new key is answered for at once, or once a backup holds it",
  usage: "--ack-new-key local|backup [--reason TEXT] [--wait]",
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, "ack-new-key": { type: "string" } },
  run(context) {
    const { args, out } = context;
    const ackNewKey = args.get("ack-new-key");
    if (ackNewKey !== "local" && ackNewKey !== "backup")
      throw args.usageError(`--ack-new-key ${ackNewKey} is neither local nor backup.`);
    return carryOut(context, { act: "domain.set", args: { ackNewKey } }, () => {
      out.result(
        { ackNewKey },
        ackNewKey === "backup"
          ? "A new key is answered for once a backup holds it."
          : "A new key is answered for at once.",
      );
    });
  },
};
