import { accepted, type Case, refused } from "../vector.ts";

const CHECK = "parseCanonical";
const ok = (name: string, text: string, why: string): Case =>
  accepted(CHECK, name, { bytes: { text } }, { why, near: "E_CANON" });
const bad = (name: string, text: string, why: string): Case =>
  refused("E_CANON", CHECK, name, { bytes: { text } }, why);
const badHex = (name: string, hex: string, why: string): Case =>
  refused("E_CANON", CHECK, name, { bytes: { hex } }, why);
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const filled = (bytes: number) => ({ repeat: { before: '{"a":"', text: "x", times: bytes - 8, after: '"}' } });

const ACCEPTED: readonly Case[] = [
  ok("nothing", "{}", "an object without members is a document"),
  ok("every kind of value", '{"a":"x","b":[1,true,{"c":false}],"d":{}}', "strings, integers, booleans, lists, objects"),
  ok("members in rising order", '{"A":1,"B":2,"_":3,"a":4}', "order is by UTF-16 unit, as RFC 8785 has it"),
  ok("a digit before a letter", '{"1":1,"a":2}', "names are letters, digits and underscores"),
  ok("a name of 32 characters", `{"${"n".repeat(32)}":1}`, "the longest name"),
  ok("__proto__ as a name", '{"__proto__":{"x":1}}', "objects have no prototype, so the name means nothing"),
  ok("the largest integer", '{"a":9007199254740991}', "2^53-1"),
  ok("zero", '{"a":0}', "the smallest integer"),
  ok("quote and backslash escaped", '{"a":"\\"\\\\"}', "the two characters that must be escaped"),
  ok("a slash as it is", '{"a":"/"}', "RFC 8785 does not escape it"),
  ok("letters composed", '{"a":"\u00e9"}', "NFC"),
  ok("characters beyond the first plane", '{"a":"\u{1f511}\u{20bb7}"}', "written as UTF-8, not escaped"),
  ok("eight levels", nested(8), "the deepest nesting"),
  accepted(CHECK, "64 KiB", { bytes: filled(65_536) }, { why: "the largest document of most kinds", near: "E_LIMIT" }),
];

const SPELLING: readonly Case[] = [
  bad("a space after a colon", '{"a": 1}', "there is one spelling"),
  bad("a newline at the end", '{"a":1}\n', "nothing follows the document"),
  bad("a second document", '{"a":1}{}', "nothing follows the document"),
  bad("a trailing comma", '{"a":1,}', "not JSON"),
  bad("nothing at all", "", "not a document"),
  bad("cut short", '{"a":"x', "not JSON"),
  bad("members not in order", '{"b":1,"a":2}', "sorted names make one spelling"),
  bad("a member twice", '{"a":1,"a":2}', "readers disagree on which one counts"),
  bad("a member twice with one value", '{"a":1,"a":1}', "even if the values agree"),
  bad("a list at the top", "[]", "documents are objects"),
  bad("a string at the top", '"a"', "documents are objects"),
  bad("null", '{"a":null}', "absent members are left out"),
  bad("nine levels", nested(9), "one level too deep"),
  bad("a name of 33 characters", `{"${"n".repeat(33)}":1}`, "one character too long"),
  bad("an empty name", '{"":1}', "names have a character at least"),
  bad("a name with a hyphen", '{"a-b":1}', "names are letters, digits and underscores"),
  bad("a name in another script", '{"\u0430":1}', "Cyrillic a"),
  bad("a letter escaped", '{"a":"\\u0041"}', "a shorter spelling exists"),
  bad("a slash escaped", '{"a":"\\/"}', "a shorter spelling exists"),
  bad("a newline escaped", '{"a":"\\n"}', "controls do not occur, however spelt"),
  bad("a surrogate escaped", '{"a":"\\ud83d\\udd11"}', "a shorter spelling exists"),
];

const NUMBERS: readonly Case[] = [
  bad("a fraction", '{"a":1.5}', "numbers are integers"),
  bad("an integer with a fraction of nothing", '{"a":1.0}', "another spelling of 1"),
  bad("an exponent", '{"a":1e3}', "another spelling of 1000"),
  bad("a leading zero", '{"a":01}', "not JSON"),
  bad("a negative number", '{"a":-1}', "numbers are not negative"),
  bad("minus zero", '{"a":-0}', "another spelling of 0"),
  bad("2^53", '{"a":9007199254740992}', "one more than every reader can hold exactly"),
  bad("twenty digits", '{"a":10000000000000000000}', "beyond what readers hold exactly"),
];

const CHARACTERS: readonly Case[] = [
  bad("a tab", '{"a":"\t"}', "a control character"),
  bad("DEL", '{"a":"\u007f"}', "a control character"),
  bad("NEL", '{"a":"\u0085"}', "a C1 control"),
  bad("right-to-left override", '{"a":"\u202etxt.exe"}', "shows text in another order than it is read"),
  bad("first strong isolate", '{"a":"\u2068a\u2069"}', "a bidi control"),
  bad("zero-width space", '{"a":"a\u200bb"}', "two texts that look the same"),
  bad("zero-width joiner", '{"a":"a\u200db"}', "two texts that look the same"),
  bad("soft hyphen", '{"a":"a\u00adb"}', "two texts that look the same"),
  bad("combining grapheme joiner", '{"a":"a\u034fb"}', "default-ignorable"),
  bad("Hangul filler", '{"a":"\u3164"}', "default-ignorable: an empty-looking name"),
  bad("variation selector", '{"a":"\u2764\ufe0f"}', "default-ignorable"),
  bad("a tag character", '{"a":"\u{e0041}"}', "text that nobody sees"),
  bad("line separator", '{"a":"a\u2028b"}', "breaks lines where no reader expects it"),
  bad("a noncharacter", '{"a":"\ufdd0"}', "not for interchange"),
  bad("letters decomposed", '{"a":"e\u0301"}', "not NFC"),
  bad("a compatibility letter", '{"a":"\u212b"}', "not NFC: the angstrom sign"),
  badHex("a byte order mark", "efbbbf7b7d", "nothing precedes the document"),
  badHex("a surrogate in UTF-8", "7b2261223a22eda080227d", "not UTF-8"),
  badHex("an overlong form", "7b2261223a22c1bf227d", "not UTF-8"),
  badHex("cut within a character", "7b2261223a22c3227d", "not UTF-8"),
  badHex("UTF-16", "7b007d00", "not UTF-8 of a document"),
];

const LARGE: readonly Case[] = [
  refused("E_LIMIT", CHECK, "64 KiB and a byte", { bytes: filled(65_537) }, "one byte too large"),
];

const BASE64URL: readonly Case[] = [
  ...["", "AA", "AAA", "AAAA", "-_-_", "_w"].map((text) =>
    accepted("decodeBase64url", `"${text}"`, { text }, { why: "canonical base64url", near: "E_CANON" }),
  ),
  ...(
    [
      ["AA==", "padding"],
      ["AB", "bits that belong to no byte"],
      ["AAB", "bits that belong to no byte"],
      ["A", "a length that no bytes have"],
      ["+/+/", "the other alphabet"],
      ["AA AA", "white space"],
      ["AAAA\n", "white space"],
      ["\u0410AAA", "a letter of another script"],
    ] as const
  ).map(([text, why]) => refused("E_CANON", "decodeBase64url", JSON.stringify(text), { text }, why)),
];

const BASE32: readonly Case[] = [
  ...["", "aa", "aaaa", "74", "abcdefghijklmnopqrstuvwxye"].map((text) =>
    accepted("decodeBase32", `"${text}"`, { text }, { why: "canonical base32", near: "E_CANON" }),
  ),
  ...(
    [
      ["AA", "upper case"],
      ["a", "a length that no bytes have"],
      ["ab", "bits that belong to no byte"],
      ["a0", "a digit that is not of the alphabet"],
      ["aa======", "padding"],
    ] as const
  ).map(([text, why]) => refused("E_CANON", "decodeBase32", JSON.stringify(text), { text }, why)),
];

const HASHES: readonly Case[] = ["cmd", "roster", "receipt", "leaf"].map((typ) =>
  accepted("docHash", `of an empty ${typ}`, { typ, bytes: { text: "{}" } }, { why: "the kind is part of the hash" }),
);

/** docs/spec/canonical-bytes.md: the one form of signed documents. */
export function canonicalCases(): Case[] {
  return [...ACCEPTED, ...SPELLING, ...NUMBERS, ...CHARACTERS, ...LARGE, ...BASE64URL, ...BASE32, ...HASHES];
}
