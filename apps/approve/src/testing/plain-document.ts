/** Text that was appended as text. */
class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An element as a document without a parser makes it: nothing in it was ever read as markup. Tests only. */
export class PlainElement {
  readonly tag: string;
  readonly attributes = new Map<string, string>();
  readonly children: (PlainElement | PlainText)[] = [];

  constructor(tag: string) {
    this.tag = tag;
  }

  append(...nodes: (PlainElement | string)[]): void {
    this.children.push(...nodes.map((node) => (typeof node === "string" ? new PlainText(node) : node)));
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  toggleAttribute(name: string, on: boolean): void {
    if (on) this.attributes.set(name, "");
    else this.attributes.delete(name);
  }

  addEventListener(): void {}

  /** Everything a reader sees of it, its parts apart by a space. */
  get text(): string {
    return this.children
      .map((child) => child.text)
      .join(" ")
      .replaceAll(/\s+/g, " ")
      .trim();
  }

  /** Names of this element and of every one within. */
  get tags(): string[] {
    return [this.tag, ...this.children.flatMap((child) => (child instanceof PlainElement ? child.tags : []))];
  }

  /** Every attribute's value within. */
  get values(): string[] {
    const within = this.children.flatMap((child) => (child instanceof PlainElement ? child.values : []));
    return [...this.attributes.values(), ...within];
  }
}

/** Stands in for the browser's document, as far as `show/` uses it. @returns what puts the former one back */
export function usePlainDocument(): () => void {
  const before = Object.getOwnPropertyDescriptor(globalThis, "document");
  const make = (tag: string) => new PlainElement(tag);
  const value = { createElement: make, createElementNS: (_space: string, tag: string) => make(tag) };
  Object.defineProperty(globalThis, "document", { configurable: true, value });
  return () => {
    if (before) Object.defineProperty(globalThis, "document", before);
    else Reflect.deleteProperty(globalThis, "document");
  };
}
