import { SoftwareKey } from "../../keys/software-key.ts";
import { accepted, type Case, refused } from "../vector.ts";

const HASH = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const RANDOM = { hex: "000102030405060708090a0b0c0d0e0f" };
const TID = "abcdefghijklmnopqrstuvwxye";
const ZERO_SEED = { hex: "00".repeat(32) };
const ZERO_WORDS = [...Array.from({ length: 23 }, () => "abandon"), "art"];

/** docs/spec/canonical-bytes.md: identifiers. */
export function idCases(): Case[] {
  const aik = { base64url: SoftwareKey.make("ES256", "vector").coseText };
  const raw = { base64url: SoftwareKey.make("EdDSA", "vector").coseText };
  const why = "identifiers follow from what they name";
  return [
    accepted("deriveTid", "a domain", { genesis: { text: "{}" } }, { why }),
    accepted("deriveAid", "an agent", { aik }, { why }),
    accepted("deriveKeyId", "the first key of a command", { command: HASH, index: 0 }, { why }),
    accepted("deriveKeyId", "the thousandth key of a command", { command: HASH, index: 999 }, { why }),
    accepted(
      "deriveClientKeyId",
      "a key of a client",
      { tid: TID, client: `c_${TID}`, random: RANDOM },
      { why, near: "E_SCHEMA" },
    ),
    accepted("deriveClientId", "a client", { command: HASH }, { why, near: "E_CANON" }),
    accepted(
      "deriveInviteId",
      "an invitation",
      { claim: RANDOM },
      { why: "it names the claim without giving it away" },
    ),
    accepted("deriveAdministratorId", "an administrator", { random: RANDOM }, { why, near: "E_SCHEMA" }),
    accepted("deriveRawCredentialId", "a raw key", { cose: raw }, { why }),
    refused("E_CANON", "deriveClientId", "of a padded hash", { command: `${HASH}=` }, "not canonical base64url"),
    refused(
      "E_SCHEMA",
      "deriveAdministratorId",
      "of 15 bytes",
      { random: { hex: "00".repeat(15) } },
      "16 random bytes",
    ),
    refused(
      "E_SCHEMA",
      "deriveClientKeyId",
      "of 17 bytes",
      { tid: TID, client: `c_${TID}`, random: { hex: "00".repeat(17) } },
      "16 random bytes",
    ),
  ];
}

/** docs/spec/canonical-bytes.md: matching words, and the 24 words of a recovery key. */
export function wordCases(): Case[] {
  const check = "decodeMnemonic";
  const mnemonic = (name: string, words: readonly string[], why: string) =>
    refused("E_SCHEMA", check, name, { words }, why);
  return [
    accepted("wordsOf", "of a tid", { text: TID }, { why: "the first 88 bits of a tagged hash" }),
    accepted("wordsOf", "of a hash", { text: HASH }, { why: "on commands they are a label only" }),
    accepted("encodeMnemonic", "of zeroes", { seed: ZERO_SEED }, { why: "BIP-39's own vector" }),
    accepted("encodeMnemonic", "of ones", { seed: { hex: "ff".repeat(32) } }, { why: "BIP-39's own vector" }),
    accepted(check, "of zeroes", { words: ZERO_WORDS }, { why: "BIP-39's own vector", near: "E_SCHEMA" }),
    accepted(
      check,
      "typed by a person",
      { words: ZERO_WORDS.map((word) => ` ${word.toUpperCase()} `) },
      { why: "case and spaces around words do not matter" },
    ),
    mnemonic("with another last word", [...ZERO_WORDS.slice(0, 23), "zoo"], "the checksum does not fit"),
    mnemonic("with an unknown word", [...ZERO_WORDS.slice(0, 23), "holdfast"], "not of the list"),
    mnemonic("of 23 words", ZERO_WORDS.slice(1), "24 words"),
    mnemonic("of none", [], "24 words"),
  ];
}
