import {
  type BackupPolicy,
  backupPolicyArgs,
  describeDestination,
  HoldfastError,
  ProtocolError,
} from "@holdfast/protocol";
import type { StatusAnswer } from "../admin/answers.ts";
import type { Round } from "../backup/automatic-backups.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { type Arguments, readDurationSeconds } from "./arguments.ts";
import { LONGEST_ROUND_SECONDS } from "./backup.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { facts, showTime } from "./output.ts";

const DAY_TO_A_YEAR = { least: 86_400, most: 366 * 86_400 };

const SETTING = ["directory", "file", "every", "keep", "keep-days", "off"] as const;

export const backupPolicy: Command = {
  usage:
    "[--directory [NAME=]PATH]… [--file DESTINATIONS.json] [--every P1D] [--keep 30] [--keep-days 90] [--reason TEXT] [--wait] | --off",
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    directory: { type: "string", multiple: true },
    file: { type: "string" },
    every: { type: "string" },
    keep: { type: "string" },
    "keep-days": { type: "string" },
    off: { type: "boolean" },
  },
  async run(context) {
    const { args, out } = context;
    const isSetting = SETTING.some(
      (name) => args.flag(name) || args.find(name) !== undefined || args.all(name).length > 0,
    );
    if (!isSetting) return showPolicy(context);
    const policy = args.flag("off") ? undefined : readPolicy(args);
    let decided = false;
    const code = await carryOut(context, { act: "backup.policy", args: policy === undefined ? {} : { policy } }, () => {
      decided = true;
    });
    if (!decided) return code;
    if (policy === undefined) out.result({ policy: null }, "Backups are made by hand only.");
    else await showTried(context, policy);
    return code;
  },
};

/** Tries what was decided at once: a destination that cannot be written is better known now than after a loss. */
async function showTried({ admin, out }: CommandContext, policy: BackupPolicy): Promise<void> {
  out.say("Trying each destination …");
  const tried = await admin()
    .post<Round>("/v1/backups", {}, LONGEST_ROUND_SECONDS)
    .catch((cause: unknown) => {
      if (!(cause instanceof HoldfastError)) throw cause;
      return {
        places: policy.destinations.map(({ name }) => ({ name, code: String(cause.code), what: cause.message })),
      };
    });
  const { places } = tried;
  const failing = places.filter(({ code }) => code !== null).map(({ name }) => name);
  const warning =
    failing.length === 0
      ? null
      : `The policy stands, and no backup reaches ${failing.join(", ")}: mend it, or set another.`;
  out.result({ policy, places, ...(warning === null ? {} : { warning }) }, () =>
    [
      policyText(policy),
      "",
      facts(
        places.map(({ name, code, what }) => [
          name,
          code === null ? "tried: a backup is there" : `FAILS: ${what} (${code})`,
        ]),
      ),
      ...(warning === null ? [] : ["", `Warning: ${warning}`]),
    ].join("\n"),
  );
}

function readPolicy(args: Arguments): BackupPolicy {
  const folders = args.all("directory").map((given, index) => {
    const [name, path] = given.startsWith("/")
      ? [index === 0 ? "disk" : `disk${index + 1}`, given]
      : given.split("=", 2);
    if (!path?.startsWith("/")) throw args.usageError(`--directory ${given} is no absolute path.`);
    return { kind: "directory", name, path };
  });
  const policy = {
    destinations: [...folders, ...readDestinations(args)],
    intervalSec: readDurationSeconds(args.find("every") ?? "P1D", "every", DAY_TO_A_YEAR),
    keep: { last: args.number("keep", 30, 1, 1000), days: args.number("keep-days", 90, 0, 3650) },
  };
  try {
    return backupPolicyArgs.read({ policy }, "args").policy as BackupPolicy;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw args.usageError(error.message.replace("args.policy.", ""));
  }
}

/** A list of destinations as docs/operate/backup.md has them; secrets lie in files that it names. */
function readDestinations(args: Arguments): unknown[] {
  const file = args.find("file");
  if (file === undefined) return [];
  try {
    const value: unknown = JSON.parse(readNamedFile(file).toString("utf8"));
    if (Array.isArray(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw args.usageError(`${file} is not a list of destinations in JSON.`);
}

async function showPolicy({ admin, out }: CommandContext): Promise<number> {
  const { backups, unbacked } = await admin().get<StatusAnswer>("/v1/status");
  const { policy = null, places = [], ackNewKey = null } = backups ?? {};
  out.result({ policy, ackNewKey, places, unbacked }, () => {
    if (policy === null)
      return "Backups are made by hand only. Have them made alone: `holdfast-agent backup policy --directory PATH`.";
    const rows = places.map(({ name, ...place }) => [name, placeText(place)] as const);
    const held = ackNewKey === "backup" ? "once a backup holds it" : "at once";
    return [
      policyText(policy),
      "",
      facts([...rows, ["keys in no backup", String(unbacked)], ["a new key is answered for", held]]),
    ].join("\n");
  });
  return 0;
}

type Place = NonNullable<StatusAnswer["backups"]>["places"][number];

function placeText({ newestAt, failingSince, code, fault }: Omit<Place, "name">): string {
  const newest = newestAt === null ? "no backup there" : `newest ${showTime(newestAt)}`;
  if (failingSince === null) return newest;
  return `${newest}; FAILS since ${showTime(failingSince)} (${code}${fault ? `, ${fault}` : ""})`;
}

function policyText({ destinations, intervalSec, keep }: BackupPolicy): string {
  const days = Math.round(intervalSec / 86_400);
  return [
    `Every ${days === 1 ? "day" : `${days} days`}, and within a minute of a new key, to`,
    ...destinations.map((to) => `  ${to.name}: ${describeDestination(to)}`),
    `The newest ${keep.last} are kept${keep.days > 0 ? `, and all of the last ${keep.days} days` : ""}.`,
  ].join("\n");
}
