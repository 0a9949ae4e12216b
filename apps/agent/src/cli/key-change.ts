import type { KeyView } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { CONFIRM_OPTIONS, confirmEnd } from "./confirm-end.ts";
import { keyText } from "./key-text.ts";
import { showTime } from "./output.ts";

/** The commands that move a key through its life: each names one act of the protocol and one key. */
const CHANGES: readonly { verb: string; act: string; summary: string; ends?: true }[] = [
  { verb: "activate", act: "key.activate", summary: "Activate a key that was made for later" },
  { verb: "rotate", act: "key.rotate", summary: "Give a key a new version; old ciphertexts still open" },
  { verb: "suspend", act: "key.suspend", summary: "Suspend a key: it neither encrypts nor decrypts until resumed" },
  { verb: "resume", act: "key.resume", summary: "Resume a suspended key" },
  {
    verb: "deactivate",
    act: "key.deactivate",
    summary: "Retire a key: opens old data, encrypts nothing new",
    ends: true,
  },
  { verb: "compromise", act: "key.compromise", summary: "Mark a key as exposed" },
  {
    verb: "destroy",
    act: "key.destroy",
    summary: "Destroy a key after its delay; can be cancelled until then",
    ends: true,
  },
];

export const keyChanges: readonly Command[] = CHANGES.map(({ verb, act, summary, ends }) => ({
  name: `key ${verb}`,
  summary,
  usage: ends ? "KEY [--reason TEXT] [--yes] [--wait]" : "KEY [--reason TEXT] [--wait]",
  words: 1,
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, ...(ends ? CONFIRM_OPTIONS : {}) },
  async run(context) {
    if (ends) await confirmEnd(context, { act, key: context.args.word(0, "KEY") });
    return carryOut(context, { act, key: context.args.word(0, "KEY"), args: {} }, (answer) => {
      const key = answer.keys?.[0];
      if (answer.outcome === "scheduled") {
        context.out.result(
          { scheduled: answer.hash, due: answer.due ?? null, ...key },
          `Scheduled: runs at ${showTime(answer.due)} of running time.\nCancel it with: holdfast-agent command cancel ${answer.hash}`,
        );
      } else if (key) context.out.result(key, () => keyText(key));
    });
  },
}));

export const keyLabel: Command = {
  name: "key label",
  summary: "Change a key's name, or the alias that applications find it by",
  usage: "KEY [--name NAME] [--alias alias/NAME | --no-alias] [--reason TEXT] [--wait]",
  words: 1,
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    name: { type: "string" },
    alias: { type: "string" },
    "no-alias": { type: "boolean" },
  },
  async run(context) {
    const { args, admin } = context;
    const [name, alias, unalias] = [args.find("name"), args.find("alias"), args.flag("no-alias")];
    if (alias !== undefined && unalias) throw args.usageError("Give --alias or --no-alias, not both.");
    if (name === undefined && alias === undefined && !unalias)
      throw args.usageError("Give --name, --alias or --no-alias.");
    const word = args.word(0, "KEY");
    const label = name ?? (await admin().get<KeyView>(`/v1/keys/${encodeURIComponent(word)}`)).label;
    const names = { label, ...(alias === undefined ? {} : { alias }), ...(unalias ? { unalias } : {}) };
    return carryOut(context, { act: "key.label", key: word, args: names }, (answer) => {
      const key = answer.keys?.[0];
      if (key) context.out.result(key, () => keyText(key));
    });
  },
};

export const keyGroup: Command = {
  name: "key group",
  summary: "Move a key to another group, and so to other grants",
  usage: "KEY --group G [--reason TEXT] [--wait]",
  words: 1,
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, group: { type: "string" } },
  run(context) {
    const { args } = context;
    const request = { act: "key.group", key: args.word(0, "KEY"), args: { group: args.get("group") } };
    return carryOut(context, request, (answer) => {
      const key = answer.keys?.[0];
      if (key) context.out.result(key, () => keyText(key));
    });
  },
};
