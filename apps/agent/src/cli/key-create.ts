import { KEY_ALGORITHMS, KEY_USAGES, usualUsage } from "@holdfast/protocol";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { readDurationSeconds } from "./arguments.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { keyText } from "./key-text.ts";

export const keyCreate: Command = {
  name: "key create",
  summary: "Create a key or a key pair",
  usage:
    "--name NAME [--algorithm AES-256|RSA-3072|EC-P256|Ed25519|HMAC-SHA256|ML-DSA-65|…] [--usage encrypt,decrypt,…] [--group G] [--extractable] [--cryptoperiod P90D] [--alias alias/N] [--reason TEXT] [--wait]",
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    name: { type: "string" },
    algorithm: { type: "string", default: "AES-256" },
    usage: { type: "string" },
    group: { type: "string", default: "default" },
    extractable: { type: "boolean" },
    cryptoperiod: { type: "string" },
    alias: { type: "string" },
  },
  run(context) {
    const { args } = context;
    const cryptoperiod = args.find("cryptoperiod");
    const alias = args.find("alias");
    const algorithm = args.get("algorithm");
    if (!(KEY_ALGORITHMS as readonly string[]).includes(algorithm)) {
      throw args.usageError(`--algorithm is one of ${KEY_ALGORITHMS.join(", ")} in this version.`);
    }
    const given = args.find("usage")?.split(",");
    const usage = given?.map((word) => word.trim()) ?? usualUsage(algorithm);
    const unknown = usage.find((word) => !(KEY_USAGES as readonly string[]).includes(word));
    if (unknown !== undefined) throw args.usageError(`--usage ${unknown} is none of ${KEY_USAGES.join(", ")}.`);
    const item = {
      label: args.get("name"),
      algorithm,
      usage,
      group: args.get("group"),
      extractable: args.flag("extractable"),
      ...(cryptoperiod ? { cryptoperiodSec: readDurationSeconds(cryptoperiod, "cryptoperiod") } : {}),
      ...(alias ? { alias } : {}),
    };
    return carryOut(context, { act: "key.create", args: { items: [item] } }, (answer) => {
      const [key, publicKey] = answer.keys ?? [];
      if (!key) return;
      if (!publicKey) context.out.result(key, () => keyText(key));
      else context.out.result({ ...key, publicKey }, () => `${keyText(key)}\n\n${keyText(publicKey)}`);
    });
  },
};
