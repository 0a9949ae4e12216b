import { ACT_OPTIONS, carryOut } from "./act.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";

const SAID: Readonly<Record<string, string>> = {
  local: "A new key is answered for at once.",
  backup: "A new key is answered for once a backup holds it.",
  names: "The dashboard is told the names of keys and clients.",
  hashes: "The dashboard is told no names from now on. What it has learned before, it has.",
};

export const domainSet: Command = {
  usage: "[--ack-new-key local|backup] [--share names|hashes] [--reason TEXT] [--wait]",
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, "ack-new-key": { type: "string" }, share: { type: "string" } },
  run(context) {
    const { args, out } = context;
    const [ackNewKey, share] = [args.find("ack-new-key"), args.find("share")];
    if (ackNewKey === undefined && share === undefined) throw args.usageError("Give --ack-new-key or --share.");
    if (ackNewKey !== undefined && ackNewKey !== "local" && ackNewKey !== "backup")
      throw args.usageError(`--ack-new-key ${ackNewKey} is neither local nor backup.`);
    if (share !== undefined && share !== "names" && share !== "hashes")
      throw args.usageError(`--share ${share} is neither names nor hashes.`);
    const settings = { ...(ackNewKey === undefined ? {} : { ackNewKey }), ...(share === undefined ? {} : { share }) };
    return carryOut(context, { act: "domain.set", args: settings }, () => {
      out.result(
        settings,
        Object.values(settings)
          .map((each) => SAID[each])
          .join("\n"),
      );
    });
  },
};
