import { KEY_ALGORITHMS, KEY_USAGES } from "@holdfast/protocol";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { readDurationSeconds } from "./arguments.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { keyText } from "./key-text.ts";

export const keyCreate: Command = {
  name: "key create",
  summary: "Create a key",
  usage:
    "--name NAME [--algorithm AES-256] [--usage encrypt,decrypt] [--group G] [--extractable] [--cryptoperiod P90D] [--alias alias/N] [--reason TEXT] [--wait]",
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    name: { type: "string" },
    algorithm: { type: "string", default: "AES-256" },
    usage: { type: "string", default: "encrypt,decrypt" },
    group: { type: "string", default: "default" },
    extractable: { type: "boolean" },
    cryptoperiod: { type: "string" },
    alias: { type: "string" },
  },
  run(context) {
    const { args } = context;
    const cryptoperiod = args.find("cryptoperiod");
    const alias = args.find("alias");
    if (!(KEY_ALGORITHMS as readonly string[]).includes(args.get("algorithm"))) {
      throw args.usageError(`--algorithm is one of ${KEY_ALGORITHMS.join(", ")} in this version.`);
    }
    const usage = args
      .get("usage")
      .split(",")
      .map((word) => word.trim());
    const unknown = usage.find((word) => !(KEY_USAGES as readonly string[]).includes(word));
    if (unknown !== undefined) throw args.usageError(`--usage ${unknown} is none of ${KEY_USAGES.join(", ")}.`);
    const item = {
      label: args.get("name"),
      algorithm: args.get("algorithm"),
      usage,
      group: args.get("group"),
      extractable: args.flag("extractable"),
      ...(cryptoperiod ? { cryptoperiodSec: readDurationSeconds(cryptoperiod, "cryptoperiod") } : {}),
      ...(alias ? { alias } : {}),
    };
    return carryOut(context, { act: "key.create", args: { items: [item] } }, (answer) => {
      const key = answer.keys?.[0];
      if (key) context.out.result(key, () => keyText(key));
    });
  },
};
