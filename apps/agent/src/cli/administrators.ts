import { HOSTED_COUNTS } from "@holdfast/protocol";
import type { InvitationAnswer, RosterAnswer } from "../admin/answers.ts";
import { readDurationSeconds } from "./arguments.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { showTime } from "./output.ts";
import { administratorsText, proposeChange } from "./roster-text.ts";

const adminList: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const roster = await admin().get<RosterAnswer>("/v1/roster");
    out.result({ administrators: roster.administrators }, () => administratorsText(roster));
    return 0;
  },
};

/** A page of the try-out cannot take in a second person: said before anybody makes passkeys there in vain. */
const ONE_MACHINE =
  "It opens on this machine only, and a second administrator is refused while the page is here: put it on a name of yours first, `holdfast-agent page setup` (docs/operate/approval-page.md).";

const adminInvite: Command = {
  usage:
    "NAME [--of ADM] [--hosted ORIGIN] [--for PT30M]   (--of: a further passkey for that administrator; --hosted: of the page that the dashboard's operator serves)",
  words: 1,
  options: {
    ...COMMON_OPTIONS,
    of: { type: "string" },
    hosted: { type: "string" },
    for: { type: "string", default: "PT30M" },
  },
  async run({ admin, args, out }) {
    const seconds = readDurationSeconds(args.get("for"), "for");
    if (seconds < 600 || seconds > 3600) throw args.usageError("--for is PT10M to PT60M.");
    const adm = args.find("of");
    const hosted = args.find("hosted");
    if (hosted !== undefined && adm === undefined)
      throw args.usageError("--hosted takes --of: a hosted page's passkey is for somebody who has another.");
    const who = adm === undefined ? { label: args.word(0, "NAME") } : { adm };
    const request = { kind: "administrator", seconds, ...who, ...(hosted === undefined ? {} : { hosted }) };
    const answer = await admin().post<InvitationAnswer>("/v1/introductions/invite", request);
    out.result(answer, () =>
      [
        `Give this address to ${answer.label} alone. It opens once, before ${showTime(answer.expiresAt)}:`,
        `  ${answer.url}`,
        ...(hosted === undefined
          ? []
          : [
              `Its passkey is made at ${hosted}, which whoever runs your dashboard serves. It counts for ${HOSTED_COUNTS}; for nothing else.`,
            ]),
        ...(adm === undefined && new URL(answer.url).hostname.endsWith(".localhost") ? [ONE_MACHINE] : []),
        "Their screen then shows eight words. Have them read to you by voice, not by mail; you will be asked for three of them.",
        "Then `holdfast-agent intro list` names what they gave, and `holdfast-agent admin add intro:…` proposes them.",
      ].join("\n"),
    );
    return 0;
  },
};

const adminAdd: Command = {
  usage: "intro:HASH… [--group G]… [--without PASSKEY] [--keep-rules]",
  words: 16,
  options: {
    ...COMMON_OPTIONS,
    group: { type: "string", multiple: true },
    without: { type: "string" },
    "keep-rules": { type: "boolean" },
  },
  run(context) {
    const { args } = context;
    args.word(0, "intro:HASH");
    const [groups, without] = [args.all("group"), args.find("without")];
    return proposeChange(context, {
      intros: args.positionals,
      ...(groups.length === 0 ? {} : { groups }),
      ...(without === undefined ? {} : { passkey: without }),
      ...(args.flag("keep-rules") ? { policy: "keep" } : {}),
    });
  },
};

const adminRemove: Command = {
  usage: "NAME|ID [--passkey PASSKEY] [--default-rules]",
  words: 1,
  options: { ...COMMON_OPTIONS, passkey: { type: "string" }, "default-rules": { type: "boolean" } },
  run(context) {
    const { args } = context;
    const passkey = args.find("passkey");
    return proposeChange(context, {
      remove: args.word(0, "NAME"),
      ...(passkey === undefined ? {} : { passkey }),
      ...(args.flag("default-rules") ? { policy: "default" } : {}),
    });
  },
};

/** The commands about people who administer. */
export const administratorCommands = {
  "admin list": adminList,
  "admin invite": adminInvite,
  "admin add": adminAdd,
  "admin remove": adminRemove,
};
