import type { KeyView } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { AgentRefusal } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
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
      if (act === "key.rotate") await sayOfUsedUpLimit(context, context.args.word(0, "KEY"));
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

/** Says before a rotation that it does not bring a key back whose limit is used up. */
async function sayOfUsedUpLimit({ admin, out }: Pick<CommandContext, "admin" | "out">, word: string): Promise<void> {
  const key = await admin()
    .get<KeyView>(`/v1/keys/${encodeURIComponent(word)}`)
    .catch((error: unknown) => {
      // The rotation itself is refused for the same, with its own next step.
      if (error instanceof AgentRefusal) return null;
      throw error;
    });
  if (key && isUsedUp(key.limit))
    out.say(`The usage limit of ${key.label} is used up, and rotation does not renew it: it will protect nothing new.`);
}

function isUsedUp(limit: KeyView["limit"]): boolean {
  return limit !== null && limit.remaining === 0;
}

/** What a rotation came to. A usage limit is of the key and not of a version: none of it is renewed. */
export function rotatedText({ label, version, limit }: Pick<KeyView, "label" | "version" | "limit">): string {
  const opens = "what earlier versions protected still opens";
  if (isUsedUp(limit))
    return `Rotated: ${label} has version ${version}; ${opens}. Its usage limit is used up, and rotation does not renew it: the key protects nothing new. Make another key.\n\n`;
  const kept = limit === null ? "" : " Its usage limit goes on as it is: rotation does not renew it.";
  return `Rotated: version ${version} of ${label} protects from now on; ${opens}.${kept}\n\n`;
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
