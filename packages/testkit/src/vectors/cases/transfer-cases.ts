import {
  type CanonicalObject,
  type ExportFile,
  encodeBase64url,
  encodeCanonical,
  encodeExport,
  encodeImportOffer,
  encodeSealedImport,
  type ImportedKey,
  type ImportOffer,
  parseCanonical,
  type SealedImport,
} from "@holdfast/protocol";
import { SoftwareDomain } from "../../domain/software-domain.ts";
import { flipBitOfText } from "../../hostile/tamper-bytes.ts";
import { documentInput } from "../input-bytes.ts";
import { accepted, type Case, refused } from "../vector.ts";

const HASH = "A".repeat(43);
const POINT = encodeBase64url(new Uint8Array(65).fill(4));
const LARGE = 16 * 1024 * 1024;

const KEY: ImportedKey = {
  label: "Orders",
  type: "symmetric-key",
  algorithm: "AES-256",
  format: "raw",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};

/** docs/spec/transfer.md: offers, sealed imports, exports. */
export function transferCases(): Case[] {
  const domain = SoftwareDomain.found({ seed: "vector transfer" });
  return [...offerCases(domain), ...sealedCases(domain), ...exportCases(domain), ...hashCases()];
}

function offerCases(domain: SoftwareDomain): Case[] {
  const { agent, tid } = domain;
  const offer: ImportOffer = {
    ...{ typ: "import", ver: 1, tid, aid: agent.aid, importId: HASH, form: "hpke", pub: POINT, most: 10 },
    exp: domain.clock.now() + 3600,
  };
  const bytes = encodeImportOffer(offer);
  const signed = agent.sign("import", "import", bytes);
  const chain = domain.links;
  const other = SoftwareDomain.found({ seed: "vector transfer, elsewhere" });
  const elsewhere = encodeImportOffer({ ...offer, aid: other.agent.aid });
  const change = changer("parseImportOffer", bytes, 65_536);
  const verify = (name: string, file: object, why: string) =>
    refused("E_SIG", "verifyImportOffer", name, { file }, why);
  return [
    accepted("parseImportOffer", "of HPKE", { bytes: documentInput(bytes) }, { why: "every member", near: "E_SCHEMA" }),
    change("E_SCHEMA", "with a point of 64 bytes", { pub: encodeBase64url(new Uint8Array(64)) }, "65 bytes or more"),
    change("E_SCHEMA", "by a form that is none", { form: "rsa-pkcs1" }, "a closed list"),
    change("E_SCHEMA", "for no key", { most: 0 }, "1 to 1000"),
    change("E_SCHEMA", "with a member more", { note: "x" }, "unknown members are refused"),
    change("E_UNSUPPORTED", "of version 2", { ver: 2 }, "this is version 1"),
    accepted(
      "verifyImportOffer",
      "by its agent",
      { file: { offer: signed, chain } },
      { why: "signed by aik", near: "E_SIG" },
    ),
    verify("with a bit changed", { offer: { ...signed, sig: flipBitOfText(signed.sig, 40) }, chain }, "signed"),
    verify(
      "signed as an attestation",
      { offer: agent.sign("import", "attest", bytes), chain },
      "purposes are not mixed",
    ),
    verify(
      "of an agent that is not of the chain",
      { offer: other.agent.sign("import", "import", elsewhere), chain },
      "in the roster",
    ),
    verify("with the chain of another environment", { offer: signed, chain: other.links }, "one environment"),
  ];
}

function sealedCases({ tid, agent }: SoftwareDomain): Case[] {
  const items = [{ key: KEY, parts: [{ version: 1, enc: POINT, ct: "AAAA" }] }];
  const sealed: SealedImport = { typ: "sealed", ver: 1, tid, aid: agent.aid, importId: HASH, form: "hpke", items };
  const bytes = encodeSealedImport(sealed);
  const change = changer("parseSealedImport", bytes, LARGE);
  const item = (key: object, ...parts: readonly object[]) => ({ items: [{ key, parts }] as never });
  const part = { version: 1, enc: POINT, ct: "AAAA" };
  return [
    accepted(
      "parseSealedImport",
      "of one key",
      { bytes: documentInput(bytes) },
      { why: "every member", near: "E_SCHEMA" },
    ),
    change("E_SCHEMA", "of no key", { items: [] }, "1 to 1000"),
    change("E_SCHEMA", "of a key without ciphertext", item(KEY), "a part for each version"),
    change("E_SCHEMA", "of a key without a name", item({ ...KEY, label: "" }, part), "1 to 128 characters"),
    change("E_SCHEMA", "of a certificate", item({ ...KEY, type: "certificate" }, part), "secrets only"),
    change("E_SCHEMA", "with a padded ciphertext", item(KEY, { ...part, ct: "AAA=" }), "base64url without padding"),
    change("E_UNSUPPORTED", "that is an export", { typ: "export" }, "each kind offered as another"),
  ];
}

function exportCases({ tid, agent }: SoftwareDomain): Case[] {
  const { format: _, extractable: __, ...said } = KEY;
  const key = { ...said, keyId: `k_${"a".repeat(26)}`, current: 2, state: "active" } as const;
  const file: ExportFile = {
    ...{ typ: "export", ver: 1, tid, aid: agent.aid, exportId: HASH, form: "rsa-kwp", inside: "native" },
    ...{ recipient: HASH, items: [{ key, parts: [1, 2].map((version) => ({ version, ct: "AAAA" })) }] },
  };
  const bytes = encodeExport(file);
  const change = changer("parseExport", bytes, LARGE);
  return [
    accepted(
      "parseExport",
      "of two versions",
      { bytes: documentInput(bytes) },
      { why: "every member", near: "E_SCHEMA" },
    ),
    change("E_SCHEMA", "without its recipient", { recipient: undefined }, "for whom"),
    change("E_SCHEMA", "in a form of its own", { inside: "pem" }, "native or jwk"),
    change(
      "E_SCHEMA",
      "of a key in no state",
      { items: [{ key: { ...key, state: "open" }, parts: [] }] as never },
      "a state",
    ),
  ];
}

function hashCases(): Case[] {
  return [
    accepted(
      "recipientHash",
      "of a point",
      { publicKey: { base64url: POINT } },
      { why: "a tagged hash over the point" },
    ),
  ];
}

function changer(check: string, bytes: Uint8Array, most: number) {
  const members = parseCanonical(bytes, most);
  return (code: string, name: string, change: object, why: string) =>
    refused(
      code,
      check,
      name,
      { bytes: documentInput(encodeCanonical({ ...members, ...change } as CanonicalObject)) },
      why,
    );
}
