/** One element of a published case: what it says, as it stands there. */
export interface XmlItem {
  readonly name: string;
  /** `Structure` where none is given. */
  readonly type: string;
  /** Absent of structures. */
  readonly value?: string | undefined;
  readonly children: readonly XmlItem[];
}

const TOKEN = /<(\/?)([\w:]+)((?:\s+[\w:]+\s*=\s*"[^"]*")*)\s*(\/?)>/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Reads the elements of a well-formed text: the cases are published files, and the key server's own output. */
export function readItems(xml: string): XmlItem[] {
  const root: XmlItem[] = [];
  const open: XmlItem[][] = [root];
  for (const [, close, name = "", attributes = "", empty] of xml.matchAll(TOKEN)) {
    if (close === "/") {
      open.pop();
      continue;
    }
    const children: XmlItem[] = [];
    const value = attribute(attributes, "value");
    const type = attribute(attributes, "type") ?? "Structure";
    open.at(-1)?.push({ name, type, children, ...(value === undefined ? {} : { value }) });
    if (empty !== "/") open.push(children);
  }
  return root;
}

function attribute(attributes: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*"([^"]*)"`).exec(attributes)?.[1];
  return found?.replaceAll(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, entity: string) => {
    if (entity.startsWith("#x")) return String.fromCodePoint(Number.parseInt(entity.slice(2), 16));
    if (entity.startsWith("#")) return String.fromCodePoint(Number(entity.slice(1)));
    return ENTITIES[entity] ?? whole;
  });
}

/** The first child with a name. */
export function childOf(item: XmlItem | undefined, name: string): XmlItem | undefined {
  return item?.children.find((each) => each.name === name);
}

/** The value of the first child with a name. */
export function textOf(item: XmlItem | undefined, name: string): string | undefined {
  return childOf(item, name)?.value;
}
