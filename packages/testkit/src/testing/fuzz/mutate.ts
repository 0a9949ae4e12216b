/** Numbers that follow from a seed: xorshift32. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** From 0 to `count` − 1. */
  below(count: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % Math.max(1, count);
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

const ODD_BYTES = [0, 1, 0x1f, 0x20, 0x22, 0x30, 0x5c, 0x7f, 0x80, 0xc0, 0xed, 0xf5, 0xff];

/** One change to bytes: a bit, a byte, more, fewer, twice, or a piece of another input. */
export function mutateBytes(bytes: Uint8Array, other: Uint8Array, chance: Chance): Uint8Array<ArrayBuffer> {
  const at = chance.below(bytes.length + 1);
  const length = 1 + chance.below(chance.of([1, 4, 32]));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (chance.below(7)) {
    case 0:
      return joined(before, Uint8Array.of((after[0] ?? 0) ^ (1 << chance.below(8))), after.subarray(1));
    case 1:
      return joined(before, Uint8Array.of(chance.of(ODD_BYTES)), after.subarray(1));
    case 2:
      return joined(before, Uint8Array.of(chance.of(ODD_BYTES)), after);
    case 3:
      return joined(before, after.subarray(length));
    case 4:
      return joined(before, after.subarray(0, length), after);
    case 5:
      return joined(before, other.subarray(chance.below(other.length), chance.below(other.length + 1)), after);
    default:
      return joined(before);
  }
}

const SPELLINGS: readonly ((text: string, chance: Chance) => string)[] = [
  (text, chance) => replaceOne(text, /[,:{}[\]]/g, chance, (found) => ` ${found}`),
  (text, chance) => replaceOne(text, /[,:{}[\]]/g, chance, (found) => `${found}\n`),
  (text, chance) =>
    replaceOne(text, /\d+/g, chance, (found) =>
      chance.of([`${found}.0`, `0${found}`, `-${found}`, `${found}e0`, `${found}0`, "9007199254740993", "-0", "1e400"]),
    ),
  (text, chance) =>
    replaceOne(text, /[A-Za-z]/g, chance, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`),
  (text, chance) =>
    replaceOne(text, /[A-Za-z]/g, chance, (found) =>
      chance.of([
        `${found}\u0301`,
        "\u200b",
        "\u202e",
        "é",
        "\ufeff",
        "\\/",
        "\\ud800",
        "\\n",
        found.toUpperCase(),
        "A",
        "_",
      ]),
    ),
  (text, chance) =>
    replaceOne(text, /"[A-Za-z0-9]+":("[^"]*"|\d+|true|false)/g, chance, (found) => `${found},${found}`),
  (text, chance) => replaceOne(text, /"[A-Za-z0-9]+":("[^"]*"|\d+|true|false),?/g, chance, () => ""),
  (text, chance) =>
    replaceOne(text, /"[A-Za-z0-9]+":/g, chance, (found) =>
      chance.of([`"__proto__":`, `"constructor":1,${found}`, `"zz":null,${found}`, `"":1,${found}`]),
    ),
  (text, chance) =>
    replaceOne(text, /("[^"]*"|\d+|true|false)/g, chance, () =>
      chance.of(["null", "[]", "{}", "[[[[[[[[[1]]]]]]]]]", '""', "true", "0", `"${"A".repeat(70)}"`]),
    ),
  (text, chance) =>
    replaceOne(text, /("[A-Za-z0-9]+":[^,{}[\]]+),("[A-Za-z0-9]+":[^,{}[\]]+)/g, chance, (found) =>
      found.split(",").reverse().join(","),
    ),
  (text, chance) =>
    replaceOne(text, /[A-Za-z0-9_-]{4,}/g, chance, (found) =>
      chance.of([`${found}=`, found.slice(0, -1), `${found}A`, `${found.slice(0, -1)}B`]),
    ),
];

/** One change to a text that keeps much of its structure: another spelling, a member twice, away, renamed, of another kind. */
export function mutateText(text: string, other: string, chance: Chance): string {
  if (chance.below(3) > 0) return chance.of(SPELLINGS)(text, chance);
  const bytes = mutateBytes(Buffer.from(text), Buffer.from(other), chance);
  return Buffer.from(bytes).toString(chance.below(2) === 0 ? "utf8" : "latin1");
}

/** One to three changes, by either way for bytes that are text. */
export function mutated(
  bytes: Uint8Array,
  other: Uint8Array,
  chance: Chance,
  isText: boolean,
): Uint8Array<ArrayBuffer> {
  let now = new Uint8Array(bytes);
  for (let left = 1 + chance.below(3); left > 0; left -= 1) {
    if (isText && chance.below(4) > 0) {
      const text = mutateText(Buffer.from(now).toString("utf8"), Buffer.from(other).toString("utf8"), chance);
      now = new Uint8Array(Buffer.from(text, "utf8"));
    } else now = mutateBytes(now, other, chance);
  }
  return now;
}

function replaceOne(text: string, pattern: RegExp, chance: Chance, by: (found: string) => string): string {
  const all = [...text.matchAll(pattern)];
  if (all.length === 0) return `${text} `;
  const found = chance.of(all);
  const at = found.index ?? 0;
  return text.slice(0, at) + by(found[0]) + text.slice(at + found[0].length);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}
