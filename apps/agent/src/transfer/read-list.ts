import { TransferError } from "./errors.ts";
import { type FoundKey, foundSecret } from "./found-key.ts";

const COLUMNS = ["name", "key", "encoding", "algorithm", "usage", "group", "alias", "extractable", "foreign"] as const;

type Column = (typeof COLUMNS)[number];
type Row = Partial<Record<Column, string>>;

/** Whether the first line of a text names the columns of a list. */
export function isCsvList(text: string): boolean {
  const [head = ""] = text.split(/\r?\n/, 1);
  const names = head.split(",").map((each) => each.trim());
  return names.includes("key") && names.every((each) => (COLUMNS as readonly string[]).includes(each));
}

/** Whether a text is a table whose first line names what a list has, if perhaps not everything right. */
export function isNearCsvList(text: string): boolean {
  const [head = "", ...rest] = text.split(/\r?\n/, 3);
  const names = head.split(",").map((each) => each.trim());
  const known = names.filter((each) => (COLUMNS as readonly string[]).includes(each));
  return (
    rest.length > 0 && names.length > 1 && known.length > 0 && names.every((each) => /^[A-Za-z][\w -]*$/.test(each))
  );
}

/** A list in CSV: a line of column names, then a key a line. @throws {@link TransferError} `E_KEY_FILE` */
export function readCsvList(text: string): FoundKey[] {
  const [head = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const names = head.split(",").map((each) => each.trim()) as Column[];
  const unknown = names.find((each) => !COLUMNS.includes(each));
  if (unknown !== undefined || !names.includes("key")) {
    const what = unknown === undefined ? "no column key" : `a column ${unknown.slice(0, 20)}, which no list has`;
    throw new TransferError("E_KEY_FILE", `The list's first line names ${what}: there are ${COLUMNS.join(", ")}.`);
  }
  return lines.map((line, at) => {
    const cells = cellsOf(line);
    if (cells.length !== names.length) throw wrong(at, "it does not have as many columns as the first line");
    return foundIn(Object.fromEntries(names.map((name, column) => [name, cells[column]])) as Row, at);
  });
}

/** A list in JSON: objects with the same members. @throws {@link TransferError} `E_KEY_FILE` */
export function readJsonList(list: readonly unknown[]): FoundKey[] {
  return list.map((item, at) => {
    const given = (typeof item === "object" && item !== null ? item : {}) as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(given).find((name) => !(COLUMNS as readonly string[]).includes(name));
    if (unknown !== undefined) throw wrong(at, `it has a member ${unknown.slice(0, 20)}, which no list has`);
    const row = Object.entries(given).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(" ") : String(value),
    ]);
    return foundIn(Object.fromEntries(row) as Row, at);
  });
}

function foundIn(
  { name, key, encoding, algorithm, usage, group, alias, extractable, foreign }: Row,
  at: number,
): FoundKey {
  const material = decoded(key ?? "", encoding, at);
  const found = foundSecret(material, algorithm ? algorithm : null, name ? name : null);
  return {
    ...found,
    ...(usage ? { usage: wordsIn(usage) } : {}),
    ...(group ? { group } : {}),
    ...(alias ? { alias } : {}),
    ...(extractable ? { extractable: extractable === "true" } : {}),
    ...(foreign ? { foreign: wordsIn(foreign) } : {}),
  };
}

function decoded(text: string, encoding: string | undefined, at: number): Buffer {
  const isHex = encoding === "hex" || (encoding === undefined && /^(?:[0-9a-fA-F]{2})+$/.test(text));
  const bytes = Buffer.from(text, isHex ? "hex" : "base64");
  const standard = text.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  const whole = isHex ? bytes.length * 2 === text.length : bytes.toString("base64").replace(/=+$/, "") === standard;
  if (bytes.length === 0 || !whole) throw wrong(at, "its key is neither hexadecimal nor base64");
  return bytes;
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = ""]) =>
    (quoted?.replaceAll('""', '"') ?? plain).trim(),
  );
}

function wordsIn(text: string): string[] {
  return text.split(/[\s+;]+/).filter((word) => word !== "");
}

function wrong(at: number, why: string): TransferError {
  return new TransferError("E_KEY_FILE", `Key ${at + 1} of the list cannot be read: ${why}.`);
}
