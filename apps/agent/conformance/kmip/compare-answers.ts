import type { CaseMemory } from "./case-memory.ts";
import { childOf, textOf, type XmlItem } from "./xml-item.ts";

// What an answer may differ in, by the section "Permitted Test Case Variations" of the KMIP profiles: identifiers, times,
// material of keys that the server makes and what such keys give, digests, what a server tells of itself in Query,
// attributes beyond those shown, result messages, and the order in which attributes stand.

/** May be absent, and may say anything. */
const FREE: ReadonlySet<string> = new Set([
  "TimeStamp",
  "ServerCorrelationValue",
  "ResultMessage",
  "LocatedItems",
  "VendorIdentification",
  "ServerInformation",
  "ApplicationNamespace",
  "ExtensionInformation",
  "ProfileInformation",
  "ValidationInformation",
  "TemplateAttribute",
  "PrivateKeyTemplateAttribute",
  "PublicKeyTemplateAttribute",
]);
/** Of the server's choosing: there, and of any content. */
const CHOSEN: ReadonlySet<string> = new Set(["RandomNumberGenerator", "RNGParameters", "CapabilityInformation"]);
/** Of keys that are made here. */
const OF_MADE: ReadonlySet<string> = new Set([
  "KeyMaterial",
  "KeyValue",
  "Data",
  "SignatureData",
  "MACData",
  "IVCounterNonce",
  "AuthenticatedEncryptionTag",
  "Digest",
]);
/** Operations that a server asks of a client: whether it does, is its own to say. */
const OF_SERVER: ReadonlySet<string> = new Set(["Notify", "Put"]);
const RANDOM: ReadonlySet<string> = new Set(["RNGRetrieve"]);
const CIPHERING: ReadonlySet<string> = new Set(["Encrypt", "Sign"]);

/** The first thing in which an answer is not what a case fixes; null when there is none. */
export function firstDifference(expected: XmlItem, actual: XmlItem | undefined, memory: CaseMemory): string | null {
  const items = { expected: batchItems(expected), actual: batchItems(actual) };
  if (items.expected.length !== items.actual.length)
    return `${items.actual.length} batch items instead of ${items.expected.length}`;
  const header = compareFields(childOf(expected, "ResponseHeader"), childOf(actual, "ResponseHeader"), {
    memory,
    place: "header",
  });
  if (header !== null) return header;
  for (const [at, item] of items.expected.entries()) {
    const answer = items.actual[at] as XmlItem;
    memory.learn(answer);
    const difference = compareItem(item, answer, memory);
    if (difference !== null) return difference;
  }
  return null;
}

function batchItems(message: XmlItem | undefined): XmlItem[] {
  return (message?.children ?? []).filter(({ name }) => name === "BatchItem");
}

interface Place {
  readonly memory: CaseMemory;
  readonly place: string;
  /** Whether the object that is spoken of was made here. */
  readonly made?: boolean;
  /** Whether what is told is drawn at random. */
  readonly random?: boolean;
}

function compareItem(expected: XmlItem, actual: XmlItem, memory: CaseMemory): string | null {
  const operation = textOf(actual, "Operation") ?? "";
  const status = [textOf(actual, "ResultStatus"), textOf(actual, "ResultReason"), textOf(actual, "ResultMessage")];
  // Its PKCS #11 information says who a library is of.
  if (textOf(childOf(expected, "ResponsePayload"), "PKCS_11Function") === "C_GetInfo") return null;
  // What becomes of a seed is the server's policy: the profile shows one case for each.
  if (operation === "RNGSeed") return null;
  if (textOf(expected, "ResultStatus") !== status[0])
    return `${operation}: ${status.filter((each) => each !== undefined).join(", ")}`;
  const random = RANDOM.has(operation) || (CIPHERING.has(operation) && memory.isRandomized(operation));
  memory.note(actual);
  const made = memory.isMade(textOf(childOf(actual, "ResponsePayload"), "UniqueIdentifier"));
  return compareFields(expected, actual, { memory, place: operation, made, random });
}

/** Compares structures: lists of attributes in any order with more allowed, everything else field by field. */
function compareFields(expected: XmlItem | undefined, actual: XmlItem | undefined, place: Place): string | null {
  const left = [...(actual?.children ?? [])];
  for (const each of expected?.children ?? []) {
    if (isAbsentAllowed(each)) {
      const found = left.findIndex(({ name, value }) => name === each.name && (value === each.value || FREE.has(name)));
      if (found !== -1) left.splice(found, 1);
      continue;
    }
    const candidates = left.filter((other) => isSameField(each, other));
    let difference: string | null = `${place.place}: ${titleOf(each)} is missing`;
    for (const candidate of candidates) {
      difference = compareValue(each, candidate, place);
      if (difference !== null) continue;
      left.splice(left.indexOf(candidate), 1);
      break;
    }
    if (difference !== null) return difference;
  }
  const more = left.find((each) => !isMoreAllowed(each, expected));
  return more === undefined ? null : `${place.place}: ${titleOf(more)} is not expected`;
}

function isAbsentAllowed(item: XmlItem): boolean {
  const { name, value, children } = item;
  if (FREE.has(name) || isGroup(item)) return true;
  if (name === "AttributeIndex" && value === "0") return true;
  if (name === "ResponsePayload" && children.length === 0) return true;
  return name === "Operation" && OF_SERVER.has(value ?? "");
}

/** Whether a group is told that a request did not give, is the server's to say. */
function isGroup(item: XmlItem): boolean {
  if (item.name === "AttributeName") return item.value === "Object Group";
  return item.name === "AttributeReference" && item.value === "ObjectGroup";
}

function isMoreAllowed({ name, value, children }: XmlItem, parent: XmlItem | undefined): boolean {
  if (FREE.has(name)) return true;
  if (name === "AttributeIndex") return value === "0";
  if (name === "ResponsePayload") return children.length === 0;
  const isList = parent?.name === "Attributes" || parent?.name === "ResponsePayload";
  const listed = ["Attribute", "AttributeName", "AttributeReference", "Operation", "ObjectType", "ProtocolVersion"];
  if (parent?.name === "Attributes") return true;
  return isList && listed.includes(name) && parent.children.some((each) => each.name === name);
}

function isSameField(expected: XmlItem, actual: XmlItem): boolean {
  if (expected.name !== actual.name) return false;
  return expected.name !== "Attribute" || attributeName(expected) === attributeName(actual);
}

function attributeName(attribute: XmlItem): string {
  return `${textOf(attribute, "VendorIdentification") ?? ""} ${textOf(attribute, "AttributeName")}`;
}

function titleOf(item: XmlItem): string {
  const name = item.name === "Attribute" ? `Attribute ${attributeName(item).trim()}` : item.name;
  return item.value === undefined ? name : `${name}=${item.value}`;
}

function compareValue(expected: XmlItem, actual: XmlItem, place: Place): string | null {
  const name =
    expected.name === "Attribute" ? (attributeName(expected).trim() ?? "").replaceAll(" ", "") : expected.name;
  if (CHOSEN.has(name)) return null;
  if (place.made === true && name === "Digest") return null;
  if (expected.type === "Structure" && expected.value === undefined) {
    if (actual.type !== "Structure") return `${place.place}: ${titleOf(actual)} is no structure`;
    return compareFields(expected, actual, { ...place, place: `${place.place} ${titleOf(expected)}` });
  }
  if (isEqual(expected, actual, place, name)) return null;
  return `${place.place}: ${titleOf(actual)} instead of ${expected.value}`;
}

function isEqual(expected: XmlItem, actual: XmlItem, { memory, made, random }: Place, name: string): boolean {
  const wanted = memory.answeredVersion(name) ?? expected.value ?? "";
  const value = actual.value ?? "";
  if (expected.type !== actual.type) return false;
  if (expected.type === "DateTime") return isSameTime(wanted, value, memory);
  if (wanted.startsWith("$")) return memory.bind(wanted, value);
  if (canonical(expected.type, wanted) === canonical(actual.type, value)) return true;
  const isFree = (made === true && OF_MADE.has(name)) || random === true;
  if (isFree && expected.type === "ByteString" && wanted.length === value.length) {
    memory.stands(wanted, value);
    return true;
  }
  return false;
}

/** A time that a request has said is told again; any other is the server's. */
function isSameTime(wanted: string, value: string, memory: CaseMemory): boolean {
  if (Number.isNaN(Date.parse(value))) return false;
  return !memory.wasSent(wanted) || Date.parse(wanted) === Date.parse(value);
}

function canonical(type: string, value: string): string {
  if (type === "ByteString" || type === "BigInteger") return value.toLowerCase();
  if (type === "Integer")
    return value
      .split(/[\s|]+/)
      .sort()
      .join(" ");
  if (type === "Enumeration" && /^0x/i.test(value)) return value.toLowerCase();
  return value.trim();
}
