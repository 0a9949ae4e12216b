import { resolve } from "node:path";
import type { LinkAnswer, LinkView, RosterAnswer } from "../admin/answers.ts";
import { AgentRefusal } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, EXIT_PENDING } from "./command.ts";
import { linksText, proposeChange, rosterText } from "./roster-text.ts";
import { writeNewFile } from "./transfer-options.ts";

const rosterShow: Command = {
  name: "roster show",
  summary: "Show administrators, rules, key servers, witnesses, and what waits to change them",
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const roster = await admin().get<RosterAnswer>("/v1/roster");
    out.result(roster, () => rosterText(roster));
    return 0;
  },
};

const rosterList: Command = {
  name: "roster list",
  summary: "List changes of administrators and rules that wait for approvals or for their delay",
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const { links } = await admin().get<RosterAnswer>("/v1/roster");
    out.result({ links }, () => (links.length === 0 ? "Nothing waits." : linksText(links)));
    return 0;
  },
};

const rosterRenew: Command = {
  name: "roster renew",
  summary: "Propose that administrators and rules, as they are, be good for another 400 days",
  usage: "",
  options: COMMON_OPTIONS,
  run: (context) => proposeChange(context, { renew: true }),
};

const rosterApprove: Command = {
  name: "roster approve",
  summary: "Approve a change of administrators and rules that waits, as this host's local administrator",
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
  name: "roster cancel",
  summary: "Say no to a change of administrators and rules that waits",
  usage: "HASH",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const hash = args.word(0, "HASH");
    const answer = await admin().post<LinkAnswer>("/v1/cancel", { hash });
    const isOver = answer.outcome === "cancelled";
    const where = `Saying no takes a passkey. Reject it at\n  ${answer.approveUrl ?? "the agent's approval page"}`;
    out.result(answer, isOver ? `Cancelled: ${hash}` : where);
    return isOver ? 0 : EXIT_PENDING;
  },
};

const rosterExport: Command = {
  name: "roster export",
  summary: "Write a change with the approvals it has into a file; `command deliver` takes it at another key server",
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
export const rosterCommands: readonly Command[] = [
  rosterShow,
  rosterList,
  rosterRenew,
  rosterApprove,
  rosterCancel,
  rosterExport,
];
