import { SCHEDULED_DEEDS } from "@holdfast/protocol";
import type { KeyView } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { allKeys } from "./all-keys.ts";
import { DAY_TO_TEN_YEARS, readDurationSeconds } from "./arguments.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { keyText, scheduleText } from "./key-text.ts";
import { showTime, table } from "./output.ts";

const DEEDS = SCHEDULED_DEEDS.join("|");

function deedOf({ args }: CommandContext): string {
  const does = args.get("do");
  if ((SCHEDULED_DEEDS as readonly string[]).includes(does)) return does;
  throw args.usageError(`--do is one of ${SCHEDULED_DEEDS.join(", ")}: nothing else is ever done by a schedule.`);
}

const scheduleSet: Command = {
  usage: `KEY --do ${DEEDS} --every P90D [--first 2027-01-31T03:00Z] [--unused P30D] [--reason TEXT] [--wait]`,
  words: 1,
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    do: { type: "string" },
    every: { type: "string" },
    first: { type: "string" },
    unused: { type: "string" },
  },
  run(context) {
    const { args, out } = context;
    const first = args.time("first");
    const unused = args.find("unused");
    const request = {
      act: "schedule.set",
      key: args.word(0, "KEY"),
      args: {
        does: deedOf(context),
        everySec: readDurationSeconds(args.get("every"), "every", DAY_TO_TEN_YEARS),
        ...(first === undefined ? {} : { first }),
        ...(unused === undefined ? {} : { unusedSec: readDurationSeconds(unused, "unused", DAY_TO_TEN_YEARS) }),
      },
    };
    return carryOut(context, request, ({ keys: [key] = [] }) => {
      if (!key) return;
      const set = key.schedules.find(({ does }) => does === request.args.does);
      out.result(key, () => `${set ? `Scheduled for ${key.label}: ${scheduleText(set)}.\n\n` : ""}${keyText(key)}`);
    });
  },
};

const scheduleClear: Command = {
  usage: `KEY --do ${DEEDS} [--reason TEXT] [--wait]`,
  words: 1,
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, do: { type: "string" } },
  async run(context) {
    const { args, admin, out } = context;
    const [word, does] = [args.word(0, "KEY"), deedOf(context)];
    const before = await admin().get<KeyView>(`/v1/keys/${encodeURIComponent(word)}`);
    const was = before.schedules.find((each) => each.does === does);
    return carryOut(context, { act: "schedule.clear", key: word, args: { does } }, ({ keys: [key] = [] }) => {
      if (!key) return;
      const what = was ? scheduleText(was) : does;
      out.result({ ...key, cleared: true }, () => `Ended for ${key.label}: ${what}.\n\n${keyText(key)}`);
    });
  },
};

const scheduleList: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const keys = await allKeys(admin());
    const schedules = keys
      .flatMap(({ keyId, label, schedules: own }) => own.map((schedule) => ({ keyId, label, ...schedule })))
      .sort((a, b) => a.next - b.next);
    const due = keys
      .filter(({ periods, state }) => state === "active" && periods.rotationDue !== null)
      .map(({ keyId, label, periods }) => ({
        keyId,
        label,
        due: periods.rotationDue,
        heldByClients: periods.heldByClients,
      }))
      .filter((each) => (each.due ?? 0) * 1000 <= Date.now());
    out.result({ schedules, due }, () => {
      const listed =
        schedules.length === 0
          ? "No schedules. Set one with `holdfast-agent schedule set KEY --do rotate --every P90D`."
          : table(
              ["NEXT", "KEY", "WHAT"],
              schedules.map((each) => [showTime(each.next), each.label, scheduleText(each)]),
            );
      const ways = (held: boolean) =>
        held ? "in the product that uses it: docs/operate/lifecycle.md" : "`holdfast-agent key rotate`";
      const lines = due.map(
        (each) => `Rotation of ${each.label} is due since ${showTime(each.due ?? 0)}: ${ways(each.heldByClients)}`,
      );
      return [listed, ...lines].join("\n");
    });
    return 0;
  },
};

/** What the agent does with keys by itself. */
export const scheduleCommands = {
  "schedule set": scheduleSet,
  "schedule list": scheduleList,
  "schedule clear": scheduleClear,
};
