// Writes src/tags/*-table.ts from a fact file of the OASIS specifications:
//   node packages/kmip/generate/write-tables.ts <facts.json>
// The output is committed; this program is only needed when the specification gains a version.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { xmlName } from "./xml-name.ts";

const VERSIONS = ["1.0", "1.1", "1.2", "1.3", "1.4", "2.0", "2.1"];

interface Entry {
  readonly name: string;
  readonly in: readonly string[];
}
interface AttributeFacts {
  readonly rules?: Record<string, string>;
  readonly encoding?: readonly { readonly item: string }[];
}
interface Facts {
  readonly merged: {
    readonly tags: Record<string, Entry>;
    readonly enumerations: Record<string, Record<string, Entry>>;
    readonly masks: Record<string, Record<string, Entry>>;
  };
  readonly versions: Record<string, { readonly attributes: Record<string, AttributeFacts> }>;
}

/** Where published messages spell a name otherwise than the specification's rule gives. */
const SPELLING: Record<string, string> = {
  NotAuthorised: "NotAuthorized",
  ObjectarchivedD: "ObjectArchived",
  MFG1: "MGF1",
  ContentCommitmentNonRepudiation: "ContentCommitment",
  PolynomialSharingGF216: "PolynomialSharingGF2_16",
  PolynomialSharingGF28: "PolynomialSharingGF2_8",
};

const spell = (name: string): string => {
  const made = xmlName(name);
  return SPELLING[made] ?? made;
};
const versionBits = (versions: readonly string[]): number =>
  versions.reduce((bits, version) => bits | (1 << VERSIONS.indexOf(version)), 0);
const hex2 = (value: number): string => value.toString(16).padStart(2, "0");
const identifier = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));
const upper = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;

const [source] = process.argv.slice(2);
if (!source) {
  console.error("usage: node packages/kmip/generate/write-tables.ts <facts.json>");
  process.exit(2);
}
const facts: Facts = JSON.parse(readFileSync(source, "utf8"));
const HEAD = "// Made by generate/write-tables.ts from the OASIS KMIP specifications 1.0 to 2.1. Do not edit.\n\n";

function write(file: string, text: string): void {
  writeFileSync(fileURLToPath(new URL(`../src/tags/${file}`, import.meta.url)), HEAD + text);
}

function writeTags(): void {
  const tags = Object.entries(facts.merged.tags).map(([number, entry]) => ({
    number: Number(number),
    name: spell(entry.name),
    title: entry.name,
    versions: versionBits(entry.in),
  }));
  const titled = tags.filter(({ name, title }) => name !== title.replaceAll(" ", ""));
  write(
    "tag-table.ts",
    `/** Every tag of KMIP 1.0 to 2.1 by its XML name. */\nexport const TAG = {\n${tags
      .map(({ name, number }) => `  ${identifier(name)}: ${upper(number, 6)},`)
      .join(
        "\n",
      )}\n} as const;\n\n/** Two hexadecimal digits a tag, in the order of {@link TAG}: the versions it exists in, bit 0 for 1.0. */\nexport const TAG_VERSIONS =\n  "${tags
      .map(({ versions }) => hex2(versions))
      .join(
        "",
      )}";\n\n/** Titles in the specification that are not the XML name with a space before each word. */\nexport const TAG_TITLES: Readonly<Record<string, string>> = {\n${titled
      .map(({ name, title }) => `  ${identifier(name)}: ${JSON.stringify(title)},`)
      .join("\n")}\n};\n`,
  );
}

function tableOf(entries: Record<string, Entry>, digits: number): { values: string; versions: string } {
  const rows = Object.entries(entries)
    .map(([value, entry]) => ({ value: Number(value), name: spell(entry.name), versions: versionBits(entry.in) }))
    .sort((a, b) => a.value - b.value);
  return {
    values: rows
      .map(({ name, value }) => `    ${identifier(name)}: ${digits ? upper(value, digits) : value},`)
      .join("\n"),
    versions: rows.map(({ versions }) => hex2(versions)).join(""),
  };
}

/** The functions of CK_FUNCTION_LIST_3_0 in order: KMIP counts them from one. */
const PKCS11_FUNCTIONS =
  "Initialize Finalize GetInfo GetFunctionList GetSlotList GetSlotInfo GetTokenInfo GetMechanismList GetMechanismInfo InitToken InitPIN SetPIN OpenSession CloseSession CloseAllSessions GetSessionInfo GetOperationState SetOperationState Login Logout CreateObject CopyObject DestroyObject GetObjectSize GetAttributeValue SetAttributeValue FindObjectsInit FindObjects FindObjectsFinal EncryptInit Encrypt EncryptUpdate EncryptFinal DecryptInit Decrypt DecryptUpdate DecryptFinal DigestInit Digest DigestUpdate DigestKey DigestFinal SignInit Sign SignUpdate SignFinal SignRecoverInit SignRecover VerifyInit Verify VerifyUpdate VerifyFinal VerifyRecoverInit VerifyRecover DigestEncryptUpdate DecryptDigestUpdate SignEncryptUpdate DecryptVerifyUpdate GenerateKey GenerateKeyPair WrapKey UnwrapKey DeriveKey SeedRandom GenerateRandom GetFunctionStatus CancelFunction WaitForSlotEvent GetInterfaceList GetInterface LoginUser SessionCancel MessageEncryptInit EncryptMessage EncryptMessageBegin EncryptMessageNext MessageEncryptFinal MessageDecryptInit DecryptMessage DecryptMessageBegin DecryptMessageNext MessageDecryptFinal MessageSignInit SignMessage SignMessageBegin SignMessageNext MessageSignFinal MessageVerifyInit VerifyMessage VerifyMessageBegin VerifyMessageNext MessageVerifyFinal";

function enumerations(): Record<string, Record<string, Entry>> {
  const { enumerations: named, masks } = facts.merged;
  const since2 = ["2.0", "2.1"];
  const functions = PKCS11_FUNCTIONS.split(" ").map((name, index) => [
    `${index + 1}`,
    { name: `C_${name}`, in: since2 },
  ]);
  return {
    ...Object.fromEntries(Object.entries(named).filter(([name]) => name !== "Mask Generator" && name !== "Tag")),
    "Mask Generator": { "1": { name: "MGF1", in: masks["Mask Generator"]?.["0x00000001"]?.in ?? ["1.4", ...since2] } },
    "PKCS#11 Function": Object.fromEntries(functions),
    "PKCS#11 Return Code": { "0": { name: "OK", in: since2 } },
  };
}

function writeValues(
  file: string,
  name: string,
  doc: string,
  groups: Record<string, Record<string, Entry>>,
  digits: number,
) {
  const made = Object.entries(groups).map(([group, entries]) => ({ name: spell(group), ...tableOf(entries, digits) }));
  write(
    file,
    `/** ${doc} */\nexport const ${name} = {\n${made
      .map((each) => `  ${identifier(each.name)}: {\n${each.values}\n  },`)
      .join(
        "\n",
      )}\n} as const;\n\n/** Two hexadecimal digits a value, in order: the versions it exists in, bit 0 for 1.0. */\nexport const ${name}_VERSIONS: Readonly<Record<keyof typeof ${name}, string>> = {\n${made
      .map((each) => `  ${identifier(each.name)}: "${each.versions}",`)
      .join("\n")}\n};\n`,
  );
}

const letter = (text = "No"): string => (/^yes$/i.test(text) ? "y" : /^no\b/i.test(text) ? "n" : "c");

function setBy(text = ""): string {
  const client = /client/i.test(text);
  const server = /server/i.test(text);
  return client && server ? "b" : client ? "c" : "s";
}

const OBJECT_GROUPS: readonly (readonly [RegExp, string])[] = [
  [/All Objects/, "*"],
  [/Cryptographic Objects/, "CYRUSDP"],
  [/X\.509 Certificates|Certificates/, "C"],
  [/(?<!PGP |Symmetric |Private |Split )\bKeys\b(?! of)/, "YRUSP"],
  [/Symmetric Keys?/, "Y"],
  [/Private Key/, "R"],
  [/Public Key/, "U"],
  [/Split Keys?/, "S"],
  [/Secret Data/, "D"],
  [/PGP keys/, "P"],
  [/Opaque Objects?/, "O"],
  [/Templates/, "T"],
];
const appliesTo = (text = "All Objects"): string => {
  const letters = OBJECT_GROUPS.filter(([pattern]) => pattern.test(text)).flatMap(([, group]) => [...group]);
  return letters.includes("*") ? "*" : [...new Set(letters)].join("");
};

/** Section 3.7 of 1.4: its table is laid out otherwise than the others, and the fact file lacks it. */
const DOMAIN_PARAMETERS = "Cryptographic Domain Parameters";
const DOMAIN_PARAMETER_RULES: Record<string, string> = {
  "Initially set by": "Client",
  "Applies to Object Types": "Private Key, Public Key, Templates",
};
/** Headings of sections, and what has no tag of its own. */
const NO_ATTRIBUTE = new Set(["Attributes", "Object Attributes", "Certificate Attributes", "Custom Attribute"]);

function* attributesOf(version: string): Generator<readonly [title: string, rules: Record<string, string>]> {
  const attributes = facts.versions[version]?.attributes ?? {};
  for (const [title, { rules = {}, encoding = [] }] of Object.entries(attributes)) {
    if (title === "Certificate Attributes") for (const { item } of encoding) yield [item, rules];
    else if (title !== DOMAIN_PARAMETERS && !NO_ATTRIBUTE.has(title)) yield [title, rules];
  }
  const all = { ...DOMAIN_PARAMETER_RULES, "Applies to Object Types": "All Objects" };
  yield [DOMAIN_PARAMETERS, version.startsWith("2") ? all : DOMAIN_PARAMETER_RULES];
}

function ruleOf(r: Record<string, string>): string {
  const columns =
    letter(r["SHALL always have a value"]) +
    setBy(r["Initially set by"] ?? "Client") +
    letter(r["Modifiable by server"]) +
    letter(r["Modifiable by client"]) +
    letter(r["Deletable by client"]) +
    letter(r["Multiple instances permitted"]);
  return `${columns} ${appliesTo(r["Applies to Object Types"])}`;
}

function writeAttributes(): void {
  const rows = new Map<string, { name: string; rule: string; versions: number }>();
  for (const [index, version] of VERSIONS.entries()) {
    for (const [title, rules] of attributesOf(version)) {
      const rule = ruleOf(rules);
      const key = `${title}/${rule}`;
      const row = rows.get(key) ?? { name: spell(title), rule, versions: 0 };
      rows.set(key, { ...row, versions: row.versions | (1 << index) });
    }
  }
  const lines = [...rows.values()]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.versions - b.versions))
    .map(({ name, rule, versions }) => `${name} ${hex2(versions)} ${rule}`);
  write(
    "attribute-rule-table.ts",
    `/**\n * One line a rule: XML name; versions (bit 0 for 1.0); six letters: always has a value, initially set by (s server,\n * c client, b both), modifiable by server, modifiable by client, deletable by client, several instances (y yes, n no,\n * c on a condition); object types (* all, C certificate, Y symmetric key, U public key, R private key, S split key,\n * D secret data, P PGP key, O opaque object, T template).\n */\nexport const ATTRIBUTE_RULE_TABLE = \`\n${lines.join("\n")}\n\`;\n`,
  );
}

writeTags();
writeValues(
  "enumeration-table.ts",
  "ENUM",
  "Every enumeration of KMIP 1.0 to 2.1: XML names to values.",
  enumerations(),
  0,
);
const { "Mask Generator": _, ...masks } = facts.merged.masks;
writeValues("mask-table.ts", "MASK", "Every bit mask of KMIP 1.0 to 2.1: XML names to bits.", masks, 8);
writeAttributes();
