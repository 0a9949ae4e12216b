import { ProtocolError } from "../errors.ts";
import { type ImportedKey, importedVersions, MAX_IMPORTED_KEYS } from "../transfer/imported-key.ts";
import { isContradictoryUsage, isKeyPairAlgorithm, usageOfPart } from "./key-words.ts";

/** @throws {@link ProtocolError} `E_ARGS` for keys that contradict themselves or each other */
export function checkImportedKeys(items: readonly ImportedKey[]): void {
  for (const item of items) checkItem(item);
  const objects = items.reduce((sum, { type }) => sum + (type === "private-key" ? 2 : 1), 0);
  if (objects > MAX_IMPORTED_KEYS)
    throw refused("A command brings in at most 1,000 objects, a private key with its public key two of them.");
  const aliases = items.filter(({ alias }) => alias !== undefined).map(({ alias, group }) => `${group}\n${alias}`);
  if (new Set(aliases).size !== aliases.length) throw refused("Two keys of the command have one alias.");
  const foreign = items.flatMap((item) => item.foreign ?? []);
  if (new Set(foreign).size !== foreign.length) throw refused("Two keys of the command have one foreign name.");
}

function checkItem(item: ImportedKey): void {
  const { type, algorithm, format, usage } = item;
  const versions = importedVersions(item);
  if (versions.some((version, at) => at > 0 && version <= (versions[at - 1] ?? 0)))
    throw refused("The versions of a key rise.");
  if ((algorithm === undefined) !== (type === "secret-data")) throw refused("Keys have an algorithm, secrets none.");
  if ((format === "pkcs8") !== (type === "private-key")) throw refused("Private keys come as PKCS #8, all else raw.");
  if (type === "secret-data" && usage.length > 0) throw refused("Secrets are only kept.");
  if (type !== "private-key") {
    if (algorithm !== undefined && isKeyPairAlgorithm(algorithm)) throw refused("The algorithm is one of key pairs.");
    if (isContradictoryUsage(usage)) throw refused("A key that wraps keys does not decrypt data.");
    return;
  }
  const halves = [...usageOfPart(usage, "private-key"), ...usageOfPart(usage, "public-key")];
  if (usage.some((each) => !halves.includes(each))) throw refused("A key pair has no such use.");
}

function refused(what: string): ProtocolError {
  return new ProtocolError("E_ARGS", what);
}
