import {
  checkImportedKeys,
  type ImportedKey,
  importedKeySchema,
  isName,
  isPlainText,
  ProtocolError,
  posesAsKey,
} from "@holdfast/protocol";

/**
 * Why a key server would not take each of some keys by what is said of it, as far as the keys themselves say: its own members,
 * and an alias or foreign name that one before it has.
 *
 * @returns a reason for each, with the rule; null for a key that nothing is wrong with
 */
export function problemsOf(keys: readonly ImportedKey[]): (string | null)[] {
  const taken = new Map<string, string>();
  return keys.map((key) => {
    const problem = problemOf(key);
    if (problem !== null) return problem;
    const { alias, group, label } = key;
    const names = [
      ...(alias === undefined ? [] : [[`${group}\n${alias}`, `its alias ${alias}`] as const]),
      ...(key.foreign ?? []).map((name) => [`\n${name}`, `its foreign name ${name}`] as const),
    ];
    const twice = names.find(([name]) => taken.has(name));
    if (twice !== undefined) return `${twice[1]} is that of ${taken.get(twice[0])} too`;
    for (const [name] of names) taken.set(name, label);
    return null;
  });
}

function problemOf(key: ImportedKey): string | null {
  try {
    importedKeySchema.read(key, "its");
    checkImportedKeys([key]);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    const [, member = "", problem = cause.message] = /^its\.(\w+)\S* (.+)$/s.exec(cause.message) ?? [];
    const value = (key as unknown as Readonly<Record<string, unknown>>)[member];
    const shown = typeof value === "string" && isPlainText(value) ? ` ${value.slice(0, 60)}` : "";
    return `${member === "" ? "" : `its ${member === "label" ? "name" : member}${shown} `}${problem.replace(/\.$/, "")}`;
  }
  if (!isName(key.label)) return "its name is only spaces, or has some at its ends";
  return posesAsKey(key.label)
    ? "its name begins with alias/ or is a key's id: it would be taken for another key's"
    : null;
}
