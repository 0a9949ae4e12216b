import { resolve } from "node:path";
import { ACTS, isAct } from "@holdfast/protocol";
import type { RosterAnswer } from "../admin/answers.ts";
import { type Arguments, readDurationSeconds } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { certificatesIn, MAKER_OPTIONS, MAKER_USAGE, readMakers } from "./read-makers.ts";
import { proposeChange, rulesText } from "./roster-text.ts";

const policyList: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const roster = await admin().get<RosterAnswer>("/v1/roster");
    out.result({ policy: roster.policy }, () => rulesText(roster));
    return 0;
  },
};

const policySet: Command = {
  usage: "ACT [--m N] [--group G]… [--any-group] [--no-self | --self] [--delay PT24H | --no-delay] [--life PT72H]",
  words: 1,
  options: {
    ...COMMON_OPTIONS,
    m: { type: "string" },
    group: { type: "string", multiple: true },
    "any-group": { type: "boolean" },
    "no-self": { type: "boolean" },
    self: { type: "boolean" },
    delay: { type: "string" },
    "no-delay": { type: "boolean" },
    life: { type: "string" },
  },
  async run(context) {
    const { args, admin } = context;
    const act = args.word(0, "ACT");
    assertIsRuled(act);
    assertOneOfEach(args);
    const { policy } = await admin().get<RosterAnswer>("/v1/roster");
    const before = policy.find((rule) => rule.act === act) ?? policy.find((rule) => rule.act === "*");
    const m = args.find("m");
    if (m !== undefined && !/^[1-9]\d?$/.test(m)) throw args.usageError("--m is a number of administrators.");
    const groups = args.flag("any-group")
      ? []
      : args.all("group").length > 0
        ? args.all("group")
        : (before?.groups ?? []);
    const noSelf = args.flag("no-self") || (before?.noSelf === true && !args.flag("self"));
    const [delay, life] = [args.find("delay"), args.find("life")];
    const rule = {
      act,
      m: m === undefined ? (before?.m ?? 1) : Number(m),
      ...(groups.length === 0 ? {} : { groups }),
      ...(noSelf ? { noSelf } : {}),
      delaySec: args.flag("no-delay")
        ? 0
        : delay === undefined
          ? (before?.delaySec ?? 0)
          : readDurationSeconds(delay, "delay"),
      maxTtlSec: life === undefined ? (before?.maxTtlSec ?? 259_200) : readDurationSeconds(life, "life"),
    };
    return proposeChange(context, { rule });
  },
};

/** @throws {@link CliError} `E_USAGE` for what no rule can be about */
function assertIsRuled(act: string): void {
  if (act === "*" || act === "roster.update" || isAct(act)) return;
  const of = act.slice(0, act.indexOf(".") + 1);
  const near = ACTS.filter((each) => of !== "" && each.startsWith(of));
  throw new CliError(
    "E_USAGE",
    `There is no act ${act.slice(0, 60)}.`,
    `${near.length > 0 ? `There are: ${near.join(", ")}.` : `There are: ${ACTS.join(", ")}.`} Or roster.update, and '*' for all without a rule of their own.`,
  );
}

/** @throws {@link CliError} `E_USAGE` for options that contradict each other, or none */
function assertOneOfEach(args: Arguments): void {
  const isGiven = (name: string) => args.flag(name) || args.find(name) !== undefined || args.all(name).length > 0;
  for (const [one, other] of [
    ["group", "any-group"],
    ["no-self", "self"],
    ["delay", "no-delay"],
  ] as const)
    if (isGiven(one) && isGiven(other)) throw args.usageError(`--${one} and --${other} contradict each other.`);
  if (!["m", "group", "any-group", "no-self", "self", "delay", "no-delay", "life"].some(isGiven))
    throw args.usageError("Nothing is said that would be another rule.");
}

const policyDefault: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  run: (context) => proposeChange(context, { policy: "default" }),
};

const policyMakers: Command = {
  usage: `${MAKER_USAGE} | --any`,
  options: { ...COMMON_OPTIONS, ...MAKER_OPTIONS, any: { type: "boolean" } },
  run(context) {
    const { args } = context;
    const makers = args.flag("any") ? "any" : readMakers(args);
    if (makers === null) throw args.usageError("Name the makers with --passkey-makers, or say --any.");
    return proposeChange(context, { makers });
  },
};

const policyMachines: Command = {
  usage: "ROOTS.pem | --any",
  words: 1,
  options: { ...COMMON_OPTIONS, any: { type: "boolean" } },
  run(context) {
    const { args } = context;
    const machines = args.flag("any") ? "any" : { roots: certificatesIn(resolve(args.word(0, "ROOTS.pem"))) };
    return proposeChange(context, { machines });
  },
};

/** The commands about rules. */
export const policyCommands = {
  "policy list": policyList,
  "policy set": policySet,
  "policy default": policyDefault,
  "policy makers": policyMakers,
  "policy machines": policyMachines,
};
