import { ENUM, structure, TAG, type Ttlv, TYPE } from "@holdfast/kmip";
import type { Random } from "./random.ts";

type Item = Ttlv & { value: unknown };

const TAGS = Object.values(TAG);
const TYPES = Object.values(TYPE);
const ENUMERATIONS = Object.values(ENUM).map((each) => Object.values(each) as number[]);
const NUMBERS = [0, 1, -1, 7, 8, 16, 32, 64, 128, 256, 4096, 65_535, 2 ** 31 - 1, -(2 ** 31)];
const TEXTS = ["", "k", "x-", "\u0000", "../..", "a".repeat(300), "鍵🔑", "%s%n", "alias/a", "kmip:", "k_", "\u202e\n"];

/** Changes a request's tree in one to four places: values, tags, types, order, repetition, absence, nesting. */
export function mutateTree(tree: Ttlv, random: Random, others: readonly Ttlv[]): Ttlv {
  let changed = tree;
  for (let times = 1 + random.below(4); times > 0; times -= 1) changed = mutateOnce(changed, random, others);
  return changed;
}

/** Gives one or two of a request's fields another value of their type: what comes furthest. */
export function mutateValues(tree: Ttlv, random: Random): Ttlv {
  const changed = mutateLeaf(tree, random);
  return random.once(3) ? mutateLeaf(changed, random) : changed;
}

function mutateLeaf(item: Ttlv, random: Random): Ttlv {
  if (item.type !== TYPE.Structure) return withValue(item as Item, random);
  const from = item.tag === TAG.RequestMessage && !random.once(10) ? 1 : 0; // seldom the header
  if (item.value.length <= from) return item;
  const at = from + random.below(item.value.length - from);
  const value = item.value.map((child, index) => (index === at ? mutateLeaf(child, random) : child));
  return { ...item, value };
}

/** Walks down to an item, more often to a deep one, and changes it there. */
function mutateOnce(item: Ttlv, random: Random, others: readonly Ttlv[]): Ttlv {
  if (item.type !== TYPE.Structure) return mutateItem(item, random, others);
  if (item.value.length === 0 || random.once(5)) return mutateStructure(item, random, others);
  const at = random.below(item.value.length);
  const value = item.value.map((child, index) => (index === at ? mutateOnce(child, random, others) : child));
  return { ...item, value };
}

function mutateStructure(item: Extract<Ttlv, { type: 1 }>, random: Random, others: readonly Ttlv[]): Ttlv {
  const children = [...item.value];
  const at = random.below(Math.max(1, children.length));
  switch (random.below(7)) {
    case 0:
      children.splice(at, 1);
      break;
    case 1:
      if (children[at] !== undefined) children.splice(at, 0, children[at]);
      break;
    case 2:
      children.reverse();
      break;
    case 3:
      children.splice(at, 0, somePart(random.pick(others), random));
      break;
    case 4:
      if (children[at] !== undefined) children[at] = nested(children[at], random);
      break;
    case 5:
      if (children[at] !== undefined) children.push(...Array<Ttlv>(random.below(60)).fill(children[at]));
      break;
    default:
      return mutateItem(item, random, others);
  }
  return { ...item, value: children };
}

/** Some item of another message. */
function somePart(tree: Ttlv, random: Random): Ttlv {
  if (tree.type !== TYPE.Structure || tree.value.length === 0 || random.once(4)) return tree;
  return somePart(random.pick(tree.value), random);
}

function nested(item: Ttlv, random: Random): Ttlv {
  let outer = item;
  for (let depth = random.below(40); depth > 0; depth -= 1) outer = structure(item.tag, [outer]);
  return outer;
}

function mutateItem(item: Ttlv, random: Random, others: readonly Ttlv[]): Ttlv {
  switch (random.below(8)) {
    case 0:
      return { ...item, tag: random.pick(TAGS) };
    case 1:
      return withValue({ ...item, type: random.pick(TYPES) } as Item, random);
    case 2:
      return somePart(random.pick(others), random);
    default:
      return item.type === TYPE.Structure ? { ...item, value: [] } : withValue(item as Item, random);
  }
}

/** The item with some value of its type. */
function withValue({ tag, type }: Item, random: Random): Ttlv {
  switch (type) {
    case TYPE.Integer:
      return { tag, type, value: random.once(3) ? random.bits() | 0 : random.pick(NUMBERS) };
    case TYPE.LongInteger:
    case TYPE.DateTimeExtended:
      return { tag, type, value: BigInt(random.pick(NUMBERS)) << BigInt(random.below(32)) };
    case TYPE.Enumeration:
      return { tag, type, value: random.once(4) ? random.bits() : random.pick(random.pick(ENUMERATIONS)) };
    case TYPE.Boolean:
      return { tag, type, value: random.once(2) };
    case TYPE.TextString:
      return { tag, type, value: random.pick(TEXTS) };
    case TYPE.BigInteger:
      return { tag, type, value: random.bytes(8 * (1 + random.below(8))) };
    case TYPE.ByteString:
      return { tag, type, value: random.bytes(random.once(20) ? random.below(5000) : random.below(70)) };
    case TYPE.DateTime:
      return { tag, type, value: random.once(2) ? random.pick(NUMBERS) : random.bits() * 1000 };
    case TYPE.Interval:
      return { tag, type, value: random.bits() };
    default:
      return structure(tag, []);
  }
}
