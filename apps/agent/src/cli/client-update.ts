import { ACT_OPTIONS, carryOut } from "./act.ts";
import { allKeys } from "./all-keys.ts";
import { CliError } from "./cli-error.ts";
import { clientText } from "./client-text.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { readGrants, showGrant } from "./grant-words.ts";

export const clientUpdate: Command = {
  usage: "CLIENT (an id or a unique name) --grant 'OPS on SELECTOR' … [--reason TEXT] [--wait]",
  words: 1,
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, grant: { type: "string", multiple: true } },
  async run(context) {
    const grants = readGrants(context.args.all("grant"));
    if (grants.length === 0)
      throw context.args.usageError("--grant is missing; to end all that it may do, use client revoke.");
    await assertThere(context, grants);
    const request = { act: "client.update", client: context.args.word(0, "CLIENT"), args: { grants } };
    return carryOut(context, request, ({ client }) => {
      if (client) context.out.result(client, () => clientText(client));
    });
  },
};

/** With one of these, keys come to be in a group that has none yet. */
const BRINGS_KEYS: ReadonlySet<string> = new Set(["all", "create", "import"]);

/**
 * Grants that reach nothing are a slip of the pen: they take the place of all that the application had.
 *
 * @throws {@link CliError} `E_USAGE` for a key that is not there, and a group without keys in which the application makes none either
 */
async function assertThere({ admin }: CommandContext, grants: ReturnType<typeof readGrants>): Promise<void> {
  const named = grants.filter(({ keys }) => "id" in keys);
  if (named.length === 0) return;
  const keys = await allKeys(admin());
  for (const grant of named) {
    const { keys: selector, ops } = grant;
    if (!("id" in selector)) continue;
    const { kind, id } = selector;
    const isThere = keys.some(({ keyId, group }) => id === (kind === "key" ? keyId : group));
    if (isThere || (kind === "group" && ops.some((op) => BRINGS_KEYS.has(op)))) continue;
    throw new CliError(
      "E_USAGE",
      `'${showGrant(grant)}' reaches nothing: ${kind === "key" ? `no key has the id ${id}` : `no key is in the group ${id}`}. Nothing was changed.`,
      "Look at ids and groups: `holdfast-agent key list`. A grant with `create` or `import` may name a group that has no keys yet.",
    );
  }
}
