import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readItems, type XmlItem } from "./xml-item.ts";

/** One request of a case and the answer that it shows. */
export interface Exchange {
  readonly request: string;
  readonly response: XmlItem;
}

/** One published case. */
export interface PublishedCase {
  /** As its file is called: `SKLC-M-1-11`. */
  readonly name: string;
  /** Protocol version of its messages: `1.1`. */
  readonly version: string;
  /** The profile that its name begins with: `SKLC`. */
  readonly profile: string;
  readonly exchanges: readonly Exchange[];
  /** Not one of the published cases: makes what one of them finds, where the case that does so is not at hand. */
  readonly prerequisite?: boolean;
}

const PREREQUISITES = fileURLToPath(new URL("./prerequisites", import.meta.url));
const COMMENT = /<!--.*?-->/gs;
const MESSAGE = /<(RequestMessage|ResponseMessage)\b[^>]*>.*?<\/\1>/gs;
/** Line breaks that publishing has put into values: `Cryptographic   Usage Mask`. */
const BROKEN = /(value="[^"]*?)\s{2,}/g;
const VERSION = /<ProtocolVersionMajor[^>]*value="(\d)"[^>]*>\s*<ProtocolVersionMinor[^>]*value="(\d)"/;

/** The cases below a folder, in the order of their names: some go on where others end. */
export function publishedCases(folder: string): PublishedCase[] {
  return filesBelow(folder).flatMap((file) => {
    const read = readCase(basename(file, ".xml"), readFileSync(file, "utf8"));
    return read === null ? [] : [read];
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return filesBelow(path);
      return name.endsWith(".xml") ? [path] : [];
    });
}

/** What goes on where a case ends that is not among these needs what that one would have left. */
export function withPrerequisites(cases: readonly PublishedCase[]): PublishedCase[] {
  const names = new Set(cases.map(({ name }) => name));
  const needed = publishedCases(PREREQUISITES).filter(
    ({ name, version, profile }) =>
      !names.has(name) && cases.some((each) => each.version === version && each.profile === profile),
  );
  return [...needed.map((each) => ({ ...each, prerequisite: true })), ...cases];
}

/** @returns null for a file in which no request stands */
export function readCase(name: string, text: string): PublishedCase | null {
  let clean = text.replaceAll(COMMENT, "");
  while (BROKEN.test(clean)) clean = clean.replaceAll(BROKEN, "$1 ");
  const [, major, minor] = VERSION.exec(clean) ?? [];
  const exchanges: Exchange[] = [];
  let request: string | null = null;
  for (const [message, kind] of clean.matchAll(MESSAGE)) {
    if (kind === "RequestMessage") request = message;
    else if (request !== null) {
      exchanges.push({ request, response: readItems(message)[0] as XmlItem });
      request = null;
    }
  }
  if (exchanges.length === 0) return null;
  return { name, version: `${major}.${minor}`, profile: profileOf(name), exchanges };
}

function profileOf(name: string): string {
  return /^(?:TC-)?[A-Z0-9_]+(?:-(?:AC|BC|RNG|HTTPS|JSON|XML))?/.exec(name)?.[0] ?? name;
}
