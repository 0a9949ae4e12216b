import { resolve } from "node:path";
import type { LinkAnswer, LinkView, RosterAnswer } from "../admin/answers.ts";
import { showCancelled } from "./cancel-answer.ts";
import { AgentRefusal } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, EXIT_PENDING } from "./command.ts";
import { linksText, proposeChange, rosterText } from "./roster-text.ts";
import { writeNewFile } from "./transfer-options.ts";

const rosterShow: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const roster = await admin().get<RosterAnswer>("/v1/roster");
    out.result(roster, () => rosterText(roster));
    return 0;
  },
};

const rosterList: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const { links } = await admin().get<RosterAnswer>("/v1/roster");
    out.result({ links }, () => (links.length === 0 ? "Nothing waits." : linksText(links)));
    return 0;
  },
};

const rosterRenew: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  run: (context) => proposeChange(context, { renew: true }),
};

const rosterApprove: Command = {
  usage: "HASH",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const answer = await admin().post<LinkAnswer>("/v1/roster/approve", { hash: args.word(0, "HASH") });
    const { outcome, approveUrl, code = "E_REFUSED", what = "It was refused.", next = "" } = answer;
    if (outcome === "refused" || outcome === "cancelled") throw new AgentRefusal(409, code, what, next);
    const isWaiting = outcome === "pending";
    const where = `It waits for a passkey. Approve it at\n  ${approveUrl ?? "the agent's approval page"}`;
    out.result(answer, isWaiting ? where : "Approved.");
    return isWaiting ? EXIT_PENDING : 0;
  },
};

const rosterCancel: Command = {
  usage: "HASH",
  words: 1,
  options: COMMON_OPTIONS,
  async run(context) {
    const hash = context.args.word(0, "HASH");
    return showCancelled(await context.admin().post<LinkAnswer>("/v1/cancel", { hash }), context);
  },
};

const rosterExport: Command = {
  usage: "HASH FILE",
  words: 2,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const hash = args.word(0, "HASH");
    const path = resolve(args.word(1, "FILE"));
    const { envelope } = await admin().get<LinkView & { envelope: string }>(`/v1/roster/links/${hash}`);
    writeNewFile(path, Buffer.from(envelope, "base64url"));
    out.result({ hash, path }, `Written: ${path}`);
    return 0;
  },
};

/** The commands about administrators and rules as a whole. */
export const rosterCommands = {
  "roster show": rosterShow,
  "roster list": rosterList,
  "roster renew": rosterRenew,
  "roster approve": rosterApprove,
  "roster cancel": rosterCancel,
  "roster export": rosterExport,
};
