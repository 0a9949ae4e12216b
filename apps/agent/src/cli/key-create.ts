import {
  advisedCryptoperiod,
  isKeyPairAlgorithm,
  KEY_ALGORITHMS,
  KEY_USAGES,
  type KeyUsage,
  type NewKey,
  usualUsage,
} from "@holdfast/protocol";
import type { KeyView } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import type { AdminClient } from "./admin-client.ts";
import { DAY_TO_TEN_YEARS, readDurationSeconds } from "./arguments.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { keyText } from "./key-text.ts";

export const keyCreate: Command = {
  usage:
    "--name NAME [--algorithm AES-256|RSA-3072|EC-P256|Ed25519|HMAC-SHA256|ML-DSA-65|…] [--usage encrypt,decrypt,…] [--group G] [--extractable | --store hsm] [--cryptoperiod P90D] [--originator-period P730D|advised] [--recipient-period P1825D|advised] [--activate 2027-01-31T03:00Z] [--protect-stop TIME] [--deactivate TIME] [--limit 1000000 | --limit 5000000bytes] [--alias alias/N] [--reason TEXT] [--wait]",
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    name: { type: "string" },
    algorithm: { type: "string", default: "AES-256" },
    usage: { type: "string" },
    group: { type: "string", default: "default" },
    extractable: { type: "boolean" },
    cryptoperiod: { type: "string" },
    "originator-period": { type: "string" },
    "recipient-period": { type: "string" },
    activate: { type: "string" },
    "protect-stop": { type: "string" },
    deactivate: { type: "string" },
    limit: { type: "string" },
    alias: { type: "string" },
    store: { type: "string", default: "domain" },
  },
  run(context) {
    const { args } = context;
    const cryptoperiod = args.find("cryptoperiod");
    const alias = args.find("alias");
    const algorithm = algorithmCalled(args.get("algorithm"));
    if (algorithm === null) {
      throw args.usageError(`--algorithm is one of ${KEY_ALGORITHMS.join(", ")} in this version.`);
    }
    const given = args.find("usage")?.split(",");
    const usage = given?.map((word) => word.trim()) ?? usualUsage(algorithm);
    const unknown = usage.find((word) => !(KEY_USAGES as readonly string[]).includes(word));
    if (unknown !== undefined) throw args.usageError(`--usage ${unknown} is none of ${KEY_USAGES.join(", ")}.`);
    const store = args.get("store");
    if (store !== "domain" && store !== "hsm") throw args.usageError("--store is domain or hsm.");
    const item = {
      label: args.name("name"),
      algorithm,
      usage,
      group: args.get("group"),
      extractable: args.flag("extractable"),
      ...(cryptoperiod ? { cryptoperiodSec: readDurationSeconds(cryptoperiod, "cryptoperiod", DAY_TO_TEN_YEARS) } : {}),
      ...readPeriods(context, { algorithm, usage }),
      ...readPlan(context),
      ...(alias ? { alias } : {}),
      ...(store === "hsm" ? { store } : {}),
    };
    return create(context, item);
  },
};

async function create(context: CommandContext, item: { readonly label: string }): Promise<number> {
  // What is wrong with the rest of the line is said before anybody is asked.
  context.args.words("reason", 500);
  await sayOfSameName(context.admin(), item.label, context.out.say);
  return carryOut(context, { act: "key.create", args: { items: [item] } }, (answer) => {
    const [key, publicKey] = answer.keys ?? [];
    if (!key) return;
    if (!publicKey) context.out.result(key, () => keyText(key));
    else context.out.result({ ...key, publicKey }, () => `${keyText(key)}\n\n${keyText(publicKey)}`);
  });
}

/** Two keys may have one name: whoever makes the second is told of the first, and not kept from it. */
export async function sayOfSameName(admin: AdminClient, name: string, say: (text: string) => void): Promise<void> {
  const { keys } = await admin.get<{ keys: KeyView[] }>(`/v1/keys?limit=1&name=${encodeURIComponent(name)}`);
  const [same] = keys;
  if (same) say(`There is already a key called ${name} (${same.keyId}). Names need not be unique; ids are.`);
}

/**
 * An algorithm by our name for it or one that the field uses as well: `secp256k1`, `P-256`, `prime256v1`, `aes256`, `HMAC-SHA-256`.
 *
 * @returns our name; null for none of them
 */
export function algorithmCalled(given: string): string | null {
  const spelled = given.toLowerCase().replace(/[-_ ]/g, "");
  const curve = OTHER_NAMES[spelled] ?? spelled;
  const isCalled = (name: string) => {
    const own = name.toLowerCase().replaceAll("-", "");
    return own === curve || own === `ec${curve}`;
  };
  return KEY_ALGORITHMS.find(isCalled) ?? null;
}

/** The field's other names of curves. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  prime256v1: "p256",
  secp256r1: "p256",
  secp384r1: "p384",
  secp521r1: "p521",
};

/** What comes about by itself at a time, and how much the key protects in all. @throws {@link CliError} `E_USAGE` */
function readPlan({ args }: CommandContext): Pick<NewKey, "activation" | "protectStop" | "deactivation" | "limit"> {
  const [activation, protectStop, deactivation] = [
    args.time("activate"),
    args.time("protect-stop"),
    args.time("deactivate"),
  ];
  const given = args.find("limit");
  const [, total, bytes] = /^([1-9]\d{0,14})(bytes)?$/.exec(given ?? "") ?? [];
  if (given !== undefined && total === undefined)
    throw args.usageError(
      `--limit ${given} is no number of times, such as 1000000, or of bytes, such as 5000000bytes.`,
    );
  return {
    ...(activation === undefined ? {} : { activation }),
    ...(protectStop === undefined ? {} : { protectStop }),
    ...(deactivation === undefined ? {} : { deactivation }),
    ...(total === undefined ? {} : { limit: { unit: bytes ? "byte" : "object", total: Number(total) } as const }),
  };
}

/** The periods that end by themselves; `advised` takes what SP 800-57 advises for such a key. */
function readPeriods(
  { args }: CommandContext,
  { algorithm, usage }: { readonly algorithm: string; readonly usage: readonly string[] },
): { originatorSec?: number; recipientSec?: number } {
  const type = isKeyPairAlgorithm(algorithm) ? "private-key" : "symmetric-key";
  const advised = advisedCryptoperiod(type, usage as readonly KeyUsage[]);
  const read = (option: string, most: number | null | undefined, range = DAY_TO_TEN_YEARS): number | undefined => {
    const given = args.find(option);
    if (given === undefined) return undefined;
    if (given !== "advised") return readDurationSeconds(given, option, range);
    if (most) return most;
    throw args.usageError(`SP 800-57 advises no such period for ${advised?.keyType ?? "such a key"}; write it out.`);
  };
  const originatorSec = read("originator-period", advised?.originatorSec);
  const recipientSec = read("recipient-period", advised?.recipientSec, {
    ...DAY_TO_TEN_YEARS,
    most: 3 * DAY_TO_TEN_YEARS.most,
  });
  if (recipientSec !== undefined && originatorSec === undefined)
    throw args.usageError("--recipient-period needs --originator-period: the one contains the other.");
  return {
    ...(originatorSec === undefined ? {} : { originatorSec }),
    ...(recipientSec === undefined ? {} : { recipientSec }),
  };
}
