import {
  areAskedWords,
  askedPlaces,
  decodeBase64url,
  parseRoster,
  replacementKeyName,
  stayingRecoveryKeys,
  wordsOf,
} from "@holdfast/protocol";
import type { RecoveryInvited } from "../admin/answers.ts";
import type { LinkDecided } from "../roster/link-decided.ts";
import type { RecoveryState } from "../roster/recovery.ts";
import type { AdminClient } from "./admin-client.ts";
import { AgentRefusal, CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext, EXIT_PENDING } from "./command.ts";
import { showTime } from "./output.ts";
import { keyFromWords, objectText, RECOVERY_WORDS_OPTIONS, recoveryText, scheduledText } from "./recovery-text.ts";
import { askText, endedWith } from "./terminal.ts";

const LOOK_EACH_MS = 1_000;
const TRIES = 3;

const recoverBegin: Command = {
  usage: "[NAME|ID]…   (which administrators; needed where there are several)",
  words: 16,
  options: COMMON_OPTIONS,
  async run(context) {
    const { admin, args, out } = context;
    const who = args.positionals.length === 0 ? [undefined] : args.positionals;
    const agent = admin();
    const invited: RecoveryInvited[] = [];
    for (const one of who) invited.push(await agent.post("/v1/recovery/invite", one === undefined ? {} : { who: one }));
    if (out.json || !process.stdin.isTTY) {
      out.result({ invited }, () => invited.map(invitedText).join("\n\n"));
      return EXIT_PENDING;
    }
    const intros: string[] = [];
    for (const each of invited) intros.push(await heardFrom(each, agent));
    return propose(context, intros);
  },
};

const recoverPropose: Command = {
  usage:
    "--invited ID --words 'w1 … w8' [--invited ID --words '…']…   (for scripts; at a terminal `recover begin` asks)",
  options: {
    ...COMMON_OPTIONS,
    invited: { type: "string", multiple: true },
    words: { type: "string", multiple: true },
  },
  async run(context) {
    const { admin, args } = context;
    const [invited, words] = [args.all("invited"), args.all("words")];
    if (invited.length === 0 || invited.length !== words.length)
      throw args.usageError("Give one --words 'w1 … w8' for each --invited ID.");
    const intros: string[] = [];
    for (const [at, id] of invited.entries()) {
      const { introduction } = await given(admin(), id);
      if (introduction === null)
        throw new AgentRefusal(
          409,
          "E_INTRO",
          "No passkey was made by this invitation yet.",
          "Open its address first.",
        );
      if (wordsOf(introduction).join(" ") !== (words[at] ?? "").trim().toLowerCase().replace(/\s+/g, " "))
        throw wrongWords();
      intros.push(introduction);
    }
    return propose(context, intros);
  },
};

const recoverSign: Command = {
  usage: "[HASH] [--words-file FILE]",
  words: 1,
  options: { ...COMMON_OPTIONS, ...RECOVERY_WORDS_OPTIONS },
  async run({ admin, args, out }) {
    const { waiting, keys } = await admin().get<RecoveryState>("/v1/recovery");
    const open = waiting.filter(({ kind }) => kind === "recover");
    const notice = args.positionals[0] === undefined ? open[0] : open.find(({ hash }) => hash === args.positionals[0]);
    if (notice === undefined || (args.positionals[0] === undefined && open.length > 1))
      throw new AgentRefusal(
        409,
        "E_PRESTATE",
        open.length > 1 ? "Several recoveries wait." : "No such recovery waits.",
        "See `holdfast-agent recover status`; `holdfast-agent recover begin` starts one.",
      );
    out.say(recoveryText(notice));
    const key = await keyFromWords(args, keys);
    const answer = await decided(admin(), await key.decide("recover", notice.hash));
    if (answer.code === "E_DELAY")
      throw new AgentRefusal(
        409,
        "E_DELAY",
        `${replacementKeyName(key)} signed this recovery before; it waits.`,
        "Another replacement key may sign as well, which makes it harder to stop: `holdfast-agent recover status`.",
      );
    const isScheduled = answer.outcome === "scheduled";
    const left = await admin().get<RecoveryState>("/v1/recovery");
    const mayObject = left.waiting.find(({ hash }) => hash === notice.hash)?.mayObject ?? false;
    out.result(answer, () =>
      isScheduled
        ? scheduledText(answer, mayObject)
        : `Signed: ${answer.old?.have ?? 1} of ${answer.old?.need ?? 1} replacement keys.`,
    );
    return isScheduled ? 0 : EXIT_PENDING;
  },
};

const recoverObject: Command = {
  usage: "HASH [--words-file FILE]",
  words: 1,
  options: { ...COMMON_OPTIONS, ...RECOVERY_WORDS_OPTIONS },
  async run({ admin, args, out }) {
    const hash = args.word(0, "HASH");
    const { waiting, keys } = await admin().get<RecoveryState>("/v1/recovery");
    const notice = waiting.find((one) => one.hash === hash);
    if (notice === undefined)
      throw new AgentRefusal(409, "E_PRESTATE", "No such change waits.", "See `holdfast-agent recover status`.");
    if (notice.kind === "recover")
      throw new AgentRefusal(409, "E_VETO", objectText(notice).what, objectText(notice).next);
    const key = await keyFromWords(args, keys);
    const [before, after] = [notice.base, notice.doc].map((doc) => parseRoster(decodeBase64url(doc)));
    const staying = before && after ? stayingRecoveryKeys(before, after) : null;
    if (staying !== null && !staying.some(({ cose }) => cose === key.cose))
      throw new AgentRefusal(
        409,
        "E_VETO",
        `${replacementKeyName(key)} is one that the change takes away: it has no say in that.`,
        `One that stays can stop it: ${staying.map(replacementKeyName).join(", ")}.`,
      );
    const answer = await decided(admin(), await key.decide("veto", hash));
    out.result(answer, "Stopped: the replacement keys stay as they are.");
    return 0;
  },
};

const recoverStatus: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const state = await admin().get<RecoveryState>("/v1/recovery");
    const { keys, m, delaySec, waiting } = state;
    const rule = `${m} of ${keys.length} replacement keys recover this environment, ${Math.round(delaySec / 3_600)} hours after they signed.`;
    out.result(state, () =>
      [
        keys.length === 0
          ? "This environment has no replacement key: lost passkeys cannot be recovered. `holdfast-agent recover invite NAME` begins one."
          : `${rule}\nKeys: ${keys.map((cose) => replacementKeyName({ cose })).join(", ")}`,
        ...(waiting.length === 0 ? ["Nothing waits."] : waiting.map(recoveryText)),
      ].join("\n\n"),
    );
    return 0;
  },
};

const recoverPractice: Command = {
  usage: "[--words-file FILE]",
  options: { ...COMMON_OPTIONS, ...RECOVERY_WORDS_OPTIONS },
  async run({ admin, args, out }) {
    const { keys, m, delaySec } = await admin().get<RecoveryState>("/v1/recovery");
    const { cose } = await keyFromWords(args, keys);
    const place = keys.indexOf(cose) + 1;
    out.result({ works: true, key: place, name: replacementKeyName({ cose }), of: keys.length, m, delaySec }, () =>
      [
        `The words are right: they are replacement key ${replacementKeyName({ cose })}, one of ${keys.length} of this environment.`,
        `On the day it counts, ${m === 1 ? "one" : m} of ${keys.length} would be enough, and others would have ${Math.round(delaySec / 3_600)} hours to object.`,
        "Put them back where they were. Nothing was changed.",
      ].join("\n"),
    );
    return 0;
  },
};

async function propose({ admin, out }: CommandContext, intros: readonly string[]): Promise<number> {
  const { hash } = await accepted(admin().post<LinkDecided>("/v1/recovery/propose", { intros }));
  const { waiting } = await admin().get<RecoveryState>("/v1/recovery");
  const notice = waiting.find((one) => one.hash === hash);
  out.result({ pending: hash }, () =>
    [
      ...(notice === undefined ? [] : [recoveryText(notice)]),
      "Now type the 24 words of the replacement key: the page that made the passkey asks for them, or here:",
      `  holdfast-agent recover sign ${hash}`,
    ].join("\n\n"),
  );
  return EXIT_PENDING;
}

const LEFT = [
  "Stopped. Nothing was proposed; the address that was given and the passkey made at it stay as they are.",
  "Begin again with `holdfast-agent recover begin` when the person is there.",
] as const;

/** Waits until the person has made the passkey, and asks for the words that their screen shows. */
async function heardFrom(invited: RecoveryInvited, admin: AdminClient): Promise<string> {
  process.stderr.write(`${invitedText(invited)}\n\nWaiting until the passkey is made…\n`);
  const introduction = await untilGiven(invited, admin);
  const places = askedPlaces(introduction);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const typed: string[] = [];
    process.stderr.write(`The screen of ${invited.label} shows eight words. Type three of them:\n`);
    for (const place of places) typed.push((await endedWith(...LEFT, () => askText(`  word ${place + 1}: `))) ?? "");
    if (areAskedWords(introduction, typed)) return introduction;
    process.stderr.write("Those are not its words. Read again.\n");
  }
  throw wrongWords();
}

async function untilGiven({ inviteId, expiresAt }: RecoveryInvited, admin: AdminClient): Promise<string> {
  for (;;) {
    const { introduction } = await given(admin, inviteId);
    if (introduction !== null) return introduction;
    if (Date.now() / 1_000 > expiresAt)
      throw new AgentRefusal(
        409,
        "E_INVITE",
        "The address has run out.",
        "Begin again: `holdfast-agent recover begin`.",
      );
    await new Promise((resolve) => setTimeout(resolve, LOOK_EACH_MS));
  }
}

function given(admin: AdminClient, inviteId: string) {
  return admin.get<{ introduction: string | null }>(`/v1/recovery/given/${encodeURIComponent(inviteId)}`);
}

function decided(admin: AdminClient, approval: object): Promise<LinkDecided> {
  return accepted(admin.post<LinkDecided>("/v1/recovery/decide", { approval }));
}

async function accepted(asked: Promise<LinkDecided>): Promise<LinkDecided> {
  const answer = await asked;
  if (answer.outcome !== "refused") return answer;
  const { code = "E_REFUSED", what = "It was refused.", next = "See `holdfast-agent audit tail`." } = answer;
  throw new AgentRefusal(409, code, what, next);
}

function wrongWords(): CliError {
  return new CliError(
    "E_WORDS",
    "Those are not the words of the passkey that this key server was given.",
    "Read them again from the screen that made it. If they stay different, stop: somebody else may have answered.",
  );
}

function invitedText({ label, url, expiresAt }: RecoveryInvited): string {
  return [
    `New passkeys for ${label}: open this address on the device that is to have one, before ${showTime(expiresAt)}:`,
    `  ${url}`,
  ].join("\n");
}

/** The commands for the day on which passkeys are lost, and for practising it. */
export const recoverCommands = {
  "recover begin": recoverBegin,
  "recover propose": recoverPropose,
  "recover sign": recoverSign,
  "recover object": recoverObject,
  "recover status": recoverStatus,
  "recover practice": recoverPractice,
};
