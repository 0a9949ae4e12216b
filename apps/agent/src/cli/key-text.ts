import type { KeyView } from "../admin/answers.ts";
import { facts, showTime, table } from "./output.ts";

/** One key as text for a person. */
export function keyText(key: KeyView): string {
  const rows: [string, string][] = [
    ["key", key.keyId],
    ["name", key.label],
    ["state", key.locked ? `${key.state}, LOCKED: ${key.locked}` : key.state],
    ["algorithm", `${key.algorithm} (${key.usage.join(", ")})`],
    ["group", key.group],
    ["version", `${key.version} of ${key.versions.length}`],
    ["check value", key.kcv ?? "-"],
    ["extractable", key.extractable ? "yes" : "never"],
    ["created", showTime(key.created)],
  ];
  if (key.origin === "registered")
    rows.push([
      "origin",
      key.known ? "imported: known to a former holder until it is rotated" : "imported; rotated since",
    ]);
  if (key.foreign.length > 0) rows.push(["elsewhere", key.foreign.join(", ")]);
  if (key.aliases.length > 0) rows.push(["alias", key.aliases.join(", ")]);
  if (key.destroyDue !== null) rows.push(["destroyed", `not before ${showTime(key.destroyDue)} of running time`]);
  return facts(rows);
}

/** Several keys as a table for a person. */
export function keyTable(keys: readonly KeyView[]): string {
  if (keys.length === 0) return "No keys yet. Create one with `holdfast-agent key create --name NAME`.";
  return table(
    ["KEY", "NAME", "STATE", "ALGORITHM", "GROUP", "VERSION", "KNOWN OUTSIDE"],
    keys.map((key) => [
      key.keyId,
      key.label,
      key.locked ? `${key.state} (locked)` : key.state,
      key.algorithm,
      key.group,
      String(key.version),
      key.known ? "to a former holder" : "-",
    ]),
  );
}

/** The versions of one key as a table for a person. */
export function versionTable(key: KeyView): string {
  return table(
    ["VERSION", "STATE", "CREATED", "CHECK VALUE"],
    key.versions.map((version) => [
      String(version.version),
      version.state,
      showTime(version.created),
      version.kcv ?? "-",
    ]),
  );
}
