import type { KeyView } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { CONFIRM_OPTIONS, confirmEnd } from "./confirm-end.ts";
import { keyText } from "./key-text.ts";
import { showTime } from "./output.ts";

/** A command that moves a key through its life, by one act of the protocol. @param ends - Whether it is asked for twice. @param done - What is said first when it was. */
function change(act: string, ends = false, done: (key: KeyView) => string = () => ""): Command {
  return {
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
            `Scheduled: runs at ${showTime(answer.due)} of running time.\nUntil then any administrator can say no, at the approval page or in the dashboard (\`holdfast-agent command cancel ${answer.hash}\` prints where).`,
          );
        } else if (key) context.out.result(key, () => `${done(key)}${keyText(key)}`);
      });
    },
  };
}

function rotatedText({ label, version }: KeyView): string {
  return `Rotated: version ${version} of ${label} protects from now on; what earlier versions protected still opens.\n\n`;
}

const keyLabel: Command = {
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
    const label =
      (name === undefined ? undefined : args.name("name")) ??
      (await admin().get<KeyView>(`/v1/keys/${encodeURIComponent(word)}`)).label;
    const names = { label, ...(alias === undefined ? {} : { alias }), ...(unalias ? { unalias } : {}) };
    return carryOut(context, { act: "key.label", key: word, args: names }, (answer) => {
      const key = answer.keys?.[0];
      if (key) context.out.result(key, () => keyText(key));
    });
  },
};

const keyGroup: Command = {
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

/** What changes one key that is there. */
export const keyChanges = {
  "key activate": change("key.activate"),
  "key rotate": change("key.rotate", false, rotatedText),
  "key suspend": change("key.suspend", true),
  "key resume": change("key.resume"),
  "key deactivate": change("key.deactivate", true),
  "key compromise": change("key.compromise", true),
  "key destroy": change("key.destroy", true),
  "key label": keyLabel,
  "key group": keyGroup,
};
