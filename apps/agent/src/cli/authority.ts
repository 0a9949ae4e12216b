import type { AuthorityAnswer } from "../admin/answers.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { facts, showTime, table } from "./output.ts";

const WORDS: Readonly<Record<AuthorityAnswer["phase"], string>> = {
  begun:
    "A new authority is beside the present one. Clients that are enrolled or renewed now trust both.\nRenew them (`client rotate`, or the product's own way), then `holdfast-agent ca switch`.",
  switched:
    "Listeners show certificates of the new authority. When no client depends on the one before: `holdfast-agent ca finish`.",
  finished: "There is one authority. `holdfast-agent ca begin` makes a new one beside it.",
};

const FORCE = "[--force]   (also when clients depend on the authority before)";

/** The change from the domain's own authority to a new one, in three steps. */
export const authorityCommands = {
  "ca show": {
    usage: "",
    options: COMMON_OPTIONS,
    async run({ admin, out }) {
      const answer = await admin().get<AuthorityAnswer>("/v1/authority");
      out.result(answer, () => authorityText(answer));
      return 0;
    },
  },
  "ca begin": step("begin", ""),
  "ca switch": step("switch", FORCE),
  "ca finish": step("finish", FORCE),
} satisfies Record<string, Command>;

function step(name: "begin" | "switch" | "finish", usage: string): Command {
  const force = { force: { type: "boolean" } } as const;
  return {
    usage,
    options: usage === FORCE ? { ...COMMON_OPTIONS, ...force } : COMMON_OPTIONS,
    async run({ admin, args, out }) {
      const body = usage === FORCE ? { force: args.flag("force") } : {};
      const answer = await admin().post<AuthorityAnswer>(`/v1/authority/${name}`, body);
      out.result(answer, () => authorityText(answer));
      return 0;
    },
  };
}

function authorityText({ phase, trusted, clients }: AuthorityAnswer): string {
  const rows = trusted.map(({ number, notAfter }): [string, string] => [
    `authority ${number}`,
    `until ${showTime(notAfter)}`,
  ]);
  const older =
    clients.length === 0
      ? []
      : [
          table(
            ["CLIENT", "NAME", "LAST USED"],
            clients.map(({ clientId, label, lastUsedAt }) => [
              clientId,
              label,
              lastUsedAt === null ? "never" : showTime(lastUsedAt),
            ]),
          ),
        ];
  return [facts(rows), WORDS[phase], ...older].join("\n\n");
}
