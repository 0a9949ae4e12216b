import type { EscrowAnswer } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { facts, showTime, table } from "./output.ts";

const escrowEnrol: Command = {
  usage: "--need K --custodian intro:HASH… [--keep-recovery-file] [--reason TEXT] [--wait]",
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    need: { type: "string" },
    custodian: { type: "string", multiple: true },
    "keep-recovery-file": { type: "boolean" },
  },
  run(context) {
    const { args, out } = context;
    const k = Number(args.get("need"));
    const custodians = args.all("custodian");
    if (!Number.isInteger(k) || k < 1 || k > custodians.length)
      throw args.usageError("--need is a number from 1 to the number of custodians.");
    const recoveryFile = args.flag("keep-recovery-file");
    return carryOut(context, { act: "escrow.enrol", args: { k, recoveryFile, custodians } }, () => {
      const n = custodians.length;
      out.result({ k, n, recoveryFile }, () =>
        [
          `From the next backup on, any ${k} of ${n} custodians open it.`,
          recoveryFile ? "The recovery file alone opens it as well." : "The recovery file does not.",
          "Make one now: `holdfast-agent backup create --out FILE`, and try it: `holdfast-agent backup drill FILE`.",
        ].join("\n"),
      );
    });
  },
};

const escrowStatus: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const answer = await admin().get<EscrowAnswer>("/v1/escrow");
    out.result(answer, () => statusText(answer));
    return 0;
  },
};

export const escrowCommands = {
  "escrow enrol": escrowEnrol,
  "escrow status": escrowStatus,
};

function statusText({ k, recoveryFile, custodians, backups, reescrowDue }: EscrowAnswer): string {
  if (custodians.length === 0)
    return "There are no custodians: backups open with the recovery file alone.\nTo change that: `holdfast-agent intro invite --kind custodian --label NAME` for each, then `holdfast-agent escrow enrol`.";
  const newest = backups.at(-1);
  const rows: [string, string][] = [
    [
      "opened by",
      `any ${k} of ${custodians.length} custodians${recoveryFile ? ", or by the recovery file alone" : ""}`,
    ],
    ["newest backup", newest === undefined ? "none with custodians yet" : `${showTime(newest.at)}  ${newest.hash}`],
    ["re-escrow due", reescrowDue === 0 ? "no" : `${reescrowDue} older backups: make a new one, then destroy these`],
  ];
  const people = custodians.map(({ label, routes, drilledAt }) => [
    label,
    routes.join(", "),
    drilledAt === null ? "never" : showTime(drilledAt),
  ]);
  return [facts(rows), table(["CUSTODIAN", "WAYS", "LAST DRILL"], people)].join("\n\n");
}
