import { expect, test } from "vitest";
import { readModels } from "./testing/prisma-models.ts";

/** Binary columns, each reviewed: what is in it, and why that can be no key. */
const REVIEWED_BYTES: Record<string, string> = {
  "app.report_part.data": "A report's file, signed by a key server from signed facts; metadata only.",
};
/** Columns with a suspicious name, each reviewed. */
const REVIEWED_NAMES: Record<string, string> = {
  "identity.session.token_hash": "SHA-256 of 256 random bits: signs nobody in.",
  "identity.challenge.token_hash": "SHA-256 of 256 random bits, used once within minutes.",
  "identity.enrolment_token.token_hash": "SHA-256 of 256 random bits, used once within an hour.",
  "app.key.is_in_token": "Whether a key lives in a PKCS#11 token: yes or no.",
};
const SUSPICIOUS =
  /key_material|material|secret|private|\bkek\b|kek_|_kek|dek|seed|passphrase|password|wrapped|token|ciphertext|plaintext/;

const columns = readModels().flatMap(({ schema, table, columns: all }) =>
  all.map(({ column, type }) => ({ name: `${schema}.${table}.${column}`, type })),
);

test("no column holds bytes but the reviewed ones", () => {
  expect(columns.length).toBeGreaterThan(150);
  expect(columns.filter(({ type }) => type === "Bytes").map(({ name }) => name)).toEqual(Object.keys(REVIEWED_BYTES));
});

test("no column is named like key material, a secret or a token but the reviewed ones", () => {
  const suspicious = columns
    .filter(({ name }) => SUSPICIOUS.test(name.split(".").at(-1) ?? ""))
    .map(({ name }) => name);
  expect(suspicious.sort()).toEqual(Object.keys(REVIEWED_NAMES).sort());
});
