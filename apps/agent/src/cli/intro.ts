import { resolve } from "node:path";
import type { IntroductionView, InvitationAnswer, TakenAnswer } from "../admin/answers.ts";
import { readDurationSeconds } from "./arguments.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { facts, showTime, table } from "./output.ts";

const KINDS = "client-key|custodian|recipient";

const introInvite: Command = {
  usage: `--kind ${KINDS}|administrator --label NAME [--for PT30M]   (--kind administrator --adm ID instead of --label: a further passkey)`,
  options: {
    ...COMMON_OPTIONS,
    kind: { type: "string" },
    label: { type: "string" },
    adm: { type: "string" },
    for: { type: "string", default: "PT30M" },
  },
  async run({ admin, args, out }) {
    const seconds = readDurationSeconds(args.get("for"), "for");
    if (seconds < 600 || seconds > 3600) throw args.usageError("--for is PT10M to PT60M.");
    const adm = args.find("adm");
    const request = {
      kind: args.get("kind"),
      ...(adm === undefined ? { label: args.get("label") } : { adm }),
      seconds,
    };
    const answer = await admin().post<InvitationAnswer>("/v1/introductions/invite", request);
    out.result(answer, () =>
      [
        `Give this address to ${answer.label} alone. It opens once, before ${showTime(answer.expiresAt)}:`,
        `  ${answer.url}`,
        "Their screen then shows eight words. Who approves has to hear them from that person: by voice, not by mail.",
      ].join("\n"),
    );
    return 0;
  },
};

const introAdd: Command = {
  usage: `--kind ${KINDS} --label NAME FILE`,
  words: 1,
  options: { ...COMMON_OPTIONS, kind: { type: "string" }, label: { type: "string" } },
  async run({ admin, args, out }) {
    const offer = readNamedFile(resolve(args.word(0, "FILE"))).toString("utf8");
    const request = { kind: args.get("kind"), label: args.get("label"), offer };
    const answer = await admin().post<TakenAnswer>("/v1/introductions", request);
    out.result(answer, () => takenText(answer));
    return 0;
  },
};

const introList: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const answer = await admin().get<{
      introductions: IntroductionView[];
      invitations: { id: string; kind: string; label: string; secondsLeft: number }[];
    }>("/v1/introductions");
    const { introductions, invitations } = answer;
    out.result(answer, () =>
      introductions.length + invitations.length === 0
        ? "Nothing was introduced, and nobody is invited."
        : [
            ...listed(
              ["INTRODUCTION", "KIND", "OF", "CAME BY", "UNTIL"],
              introductions.map((one) => [one.reference, one.kind, one.label, one.by, showTime(one.until)]),
            ),
            ...listed(
              ["INVITATION", "KIND", "FOR", "ENDS IN"],
              invitations.map((one) => [one.id, one.kind, one.label, `${Math.ceil(one.secondsLeft / 60)} min`]),
            ),
          ].join("\n\n"),
    );
    return 0;
  },
};

const introRemove: Command = {
  usage: "HASH",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const hash = args.word(0, "HASH").replace(/^intro:/, "");
    await admin().post("/v1/introductions/remove", { hash });
    out.result({ removed: hash }, "Forgotten.");
    return 0;
  },
};

/** The commands about what newcomers give to this agent. */
export const introCommands = {
  "intro invite": introInvite,
  "intro add": introAdd,
  "intro list": introList,
  "intro remove": introRemove,
};

/** What was taken, for whoever gave it. */
export function takenText({ reference, kind, label, words, until, facts: known }: TakenAnswer): string {
  const rows = known.map(({ name, value }) => [name, value] as const);
  return [
    facts([["Introduced", reference], ["Kind", kind], ["Of", label], ...rows, ["Good until", showTime(until)]]),
    `Its eight words: ${words.join(" ")}`,
  ].join("\n\n");
}

function listed(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [table(head, rows)];
}
