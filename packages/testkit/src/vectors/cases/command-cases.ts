import {
  ACTS,
  type ArgsOf,
  type BackupPolicy,
  type CanonicalObject,
  encodeBase64url,
  encodeCanonical,
  type ImportedKey,
  isSupportedAct,
  isTightening,
  type NewKey,
  parseCanonical,
  type SupportedAct,
  targetKind,
} from "@holdfast/protocol";
import { SoftwareDomain } from "../../domain/software-domain.ts";
import { documentInput } from "../input-bytes.ts";
import { accepted, type Case, refused } from "../vector.ts";

const CHECK = "parseCommand";
const ID = "abcdefghijklmnopqrstuvwxye";
const KEY_TARGET = { kind: "key", keyId: `k_${ID}`, label: "Orders", group: "default" };
const CLIENT_TARGET = { kind: "client", client: `c_${ID}`, label: "Shop" };
const KEY: NewKey = {
  label: "Orders",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};

const BROUGHT: ImportedKey = {
  label: "Orders",
  type: "symmetric-key",
  algorithm: "AES-256",
  format: "raw",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
  alias: "alias/orders",
  foreign: ["vault:transit/orders"],
  versions: [2, 3],
};

const SFTP = {
  kind: "sftp",
  name: "vault",
  host: "backup.example",
  port: 22,
  user: "holdfast",
  path: "/srv/holdfast",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0SbnYnhzE3YGSFvZQXnGxyDOSSvC1ZEhlvMiYBhQhB",
  identity: "/etc/holdfast/backup.key",
} as const;
const S3 = {
  kind: "s3",
  name: "store",
  endpoint: "https://s3.eu-central-1.amazonaws.com",
  region: "eu-central-1",
  bucket: "holdfast-backups",
  prefix: "production/",
  credentials: "/etc/holdfast/s3.json",
  lockDays: 30,
} as const;
const POLICY: BackupPolicy = {
  destinations: [{ kind: "directory", name: "disk", path: "/mnt/backup" }, SFTP, S3],
  intervalSec: 86_400,
  keep: { last: 30, days: 90 },
};

/** When the commands of these cases are issued: a software domain begins there. */
const PROPOSED = 1_800_000_000;
const PERMIT = {
  ...{ label: "Web machines", ops: ["decrypt", "encrypt"] as const, group: "web", most: 20 },
  ...{ networks: ["10.0.0.0/8", "2001:db8::/32"], validitySec: 86_400, renewable: false, until: PROPOSED + 7 * 86_400 },
};

const ARGS: { readonly [A in SupportedAct]: ArgsOf<A> } = {
  "key.create": {
    items: [
      {
        ...KEY,
        alias: "alias/orders",
        cryptoperiodSec: 31_536_000,
        originatorSec: 63_072_000,
        recipientSec: 157_680_000,
        activation: PROPOSED + 86_400,
        protectStop: PROPOSED + 31_536_000,
        deactivation: PROPOSED + 31_536_000,
        limit: { unit: "object", total: 4_294_967_296 },
      },
    ],
  },
  "key.activate": {},
  "key.rotate": {},
  "key.suspend": {},
  "key.resume": {},
  "key.deactivate": {},
  "key.compromise": {},
  "key.destroy": {},
  "key.label": { label: "Orders 2026" },
  "key.group": { group: "payments" },
  "client.enrol": {
    label: "Shop",
    auth: { kind: "issued", validitySec: 7_776_000 },
    grants: [{ ops: ["encrypt", "decrypt"], keys: { kind: "group", id: "default" } }],
  },
  "client.permit": PERMIT,
  "client.update": { grants: [{ ops: ["decrypt"], keys: { kind: "own" } }] },
  "client.revoke": {},
  "schedule.set": { does: "rotate", everySec: 7_776_000 },
  "schedule.clear": { does: "rotate" },
  "crypto.allow": { algorithms: ["3DES", "ECB"] },
  "import.begin": { form: "hpke", most: 10 },
  "import.commit": { import: "A".repeat(43), sealed: `intro:${"A".repeat(43)}`, items: [BROUGHT] },
  "export.wrap": {
    form: "rsa-kwp",
    inside: "native",
    versions: "all",
    recipient: { label: "New house", key: `intro:${"A".repeat(43)}` },
    keys: [{ keyId: `k_${ID}`, label: "Orders", group: "default", head: 4 }],
  },
  "escrow.enrol": { k: 2, recoveryFile: false, custodians: ["B", "C", "D"].map((each) => `intro:${each.repeat(42)}A`) },
  "escrow.release": { backup: "A".repeat(43), recipient: encodeBase64url(new Uint8Array(65).fill(4)) },
  "escrow.drill": { backup: "A".repeat(43) },
  "backup.policy": { policy: POLICY },
  "backup.create": {},
  "domain.lock": {},
  "domain.unlock": {},
  "domain.set": { ackNewKey: "backup" },
  "log.acceptLoss": {
    ...{ size: 12, root: "A".repeat(43) },
    lost: [
      { size: 14, root: "E".repeat(43) },
      { size: 20, root: "I".repeat(43) },
    ],
    found: "M".repeat(21).concat("A"),
  },
  "restore.accept": { size: 12, root: "A".repeat(43) },
  "clock.accept": { aid: `a_${"a".repeat(26)}` },
};

/** Other arguments that acts have. */
const OTHER_ARGS: readonly (readonly [string, SupportedAct, object])[] = [
  ["another alias", "key.label", { label: "Orders", alias: "alias/orders-2026" }],
  ["no alias any more", "key.label", { label: "Orders", unalias: true }],
  ["names kept from the control plane", "domain.set", { share: "hashes" }],
  ["a permit withdrawn with all that came by it", "client.revoke", { issued: true }],
  ["a permit of 30 days for 500", "client.permit", { ...PERMIT, most: 500, until: PROPOSED + 30 * 86_400 }],
  ["a permit from single machines", "client.permit", { ...PERMIT, networks: ["192.0.2.7/32", "2001:db8::1/128"] }],
];

/** A command as plain members, to be changed before it is written. */
function membersOf(domain: SoftwareDomain, act: SupportedAct): CanonicalObject {
  const kind = targetKind(act);
  const target = kind === null ? undefined : kind === "key" ? KEY_TARGET : CLIENT_TARGET;
  const expect = kind === "key" && !isTightening(act) ? { head: 4, state: "active" as const, version: 1 } : undefined;
  const made = domain.propose({ act, args: ARGS[act], target, expect, reason: "as agreed" } as never);
  return parseCanonical(made.bytes, 262_144);
}

function shapeCases(create: CanonicalObject): Case[] {
  const bad = (code: string, name: string, change: object, why: string) =>
    refused(code, CHECK, name, { bytes: documentInput(encodeCanonical({ ...create, ...change })) }, why);
  const issued = create["issued"] as number;
  return [
    bad("E_SCHEMA", "with a member more", { priority: 1 }, "unknown members are refused"),
    bad("E_SCHEMA", "without a nonce", { nonce: undefined }, "16 random bytes"),
    bad("E_SCHEMA", "with a nonce of 15 bytes", { nonce: "AAAAAAAAAAAAAAAAAAAA" }, "16 random bytes"),
    bad("E_SCHEMA", "without a reason", { reason: undefined }, "empty is allowed, absent is not"),
    bad("E_SCHEMA", "that ends when it begins", { exp: issued }, "exp is later"),
    bad("E_SCHEMA", "of a domain that has no id", { tid: "somewhere" }, "26 base32 characters"),
    bad("E_SCHEMA", "of an id that no bytes have", { tid: "abcdefghijklmnopqrstuvwxyz" }, "stray bits"),
    bad("E_SCHEMA", "with a time as text", { issued: String(issued) }, "integer seconds"),
    bad("E_SCHEMA", "with a roster by number only", { roster: { seq: 0 } }, "seq and hash"),
    bad("E_SCHEMA", "with a target of no kind", { target: { keyId: `k_${ID}` } }, "key or client"),
    bad("E_UNSUPPORTED", "of version 2", { ver: 2 }, "this is version 1"),
    bad("E_UNSUPPORTED", "that is a receipt", { typ: "receipt" }, "each kind offered as another"),
    bad("E_UNSUPPORTED", "of an act that does not exist", { act: "key.freeze" }, "the list is closed"),
    bad("E_UNSUPPORTED", "of an act named like a member of objects", { act: "constructor" }, "the list is closed"),
    ...ACTS.filter((act) => !isSupportedAct(act)).map((act) =>
      bad("E_UNSUPPORTED", `of ${act}`, { act }, "known, and not carried out by this version"),
    ),
  ];
}

/** Refuses arguments of an act. */
type Bad = (name: string, act: SupportedAct, change: object, why: string) => Case;

function policyCases(bad: Bad): Case[] {
  const policy = (change: object) => ({ args: { policy: { ...POLICY, ...change } } });
  const sftp = (change: object) => policy({ destinations: [{ ...SFTP, ...change }] });
  const s3 = (change: object) => policy({ destinations: [{ ...S3, ...change }] });
  return [
    bad("backups to nowhere", "backup.policy", policy({ destinations: [] }), "one place at least"),
    bad(
      "two places of one name",
      "backup.policy",
      policy({ destinations: [SFTP, { ...SFTP, port: 23 }] }),
      "told apart",
    ),
    bad("backups more often than daily", "backup.policy", policy({ intervalSec: 86_399 }), "a day at least"),
    bad("backups of which none is kept", "backup.policy", policy({ keep: { last: 0, days: 90 } }), "one at least"),
    bad(
      "a place of no known kind",
      "backup.policy",
      policy({ destinations: [{ kind: "ftp", name: "a" }] }),
      "a closed list",
    ),
    bad("a path that climbs", "backup.policy", sftp({ path: "/srv/../etc" }), "no dots before a name"),
    bad("a path with a quote in it", "backup.policy", sftp({ path: '/srv/a"b' }), "plain characters"),
    bad("a host that is an option", "backup.policy", sftp({ host: "-oProxyCommand=a" }), "a name or address"),
    bad("a user that is an option", "backup.policy", sftp({ user: "-l" }), "a name"),
    bad("a server without its key", "backup.policy", sftp({ hostKey: undefined }), "no other server is talked to"),
    bad("a host key with a name after it", "backup.policy", sftp({ hostKey: `${SFTP.hostKey} b` }), "type and key"),
    bad(
      "an object store without TLS",
      "backup.policy",
      s3({ endpoint: "http://s3.example" }),
      "https, or this machine",
    ),
    bad("an object store's secret", "backup.policy", s3({ secretAccessKey: "a" }), "named by the path of its file"),
    bad("a setting of nothing", "domain.set", { args: {} }, "one at least"),
    bad("names shared with some", "domain.set", { args: { share: "labels" } }, "names or hashes"),
    bad("new keys held nowhere", "domain.set", { args: { ackNewKey: "replica" } }, "local or backup"),
  ];
}

function lossCases(bad: Bad): Case[] {
  const { lost, ...own } = ARGS["log.acceptLoss"];
  const [first, second] = lost;
  const giving = (...heads: readonly unknown[]) => ({ args: { ...own, lost: heads as never } });
  return [
    bad("a loss of nothing", "log.acceptLoss", giving(), "one head at least"),
    bad(
      "a loss of another tree of the size that goes on",
      "log.acceptLoss",
      giving({ ...first, size: own.size }),
      "larger",
    ),
    bad("a loss of two trees of one size", "log.acceptLoss", giving(first, { ...second, size: first?.size }), "a fork"),
    bad("a loss named backwards", "log.acceptLoss", giving(second, first), "smallest first"),
    bad(
      "a loss of 65 heads",
      "log.acceptLoss",
      giving(...Array.from({ length: 65 }, (_, at) => ({ ...first, size: 13 + at }))),
      "64 at most",
    ),
    bad("a loss whose log is not named", "log.acceptLoss", { args: { lost, found: own.found } }, "size and root"),
    bad(
      "a loss of any time",
      "log.acceptLoss",
      { args: { size: own.size, root: own.root, lost } },
      "it counts for the loss that was found",
    ),
    bad("a loss found by a short word", "log.acceptLoss", { args: { ...own, lost, found: "MMMM" } }, "16 bytes"),
  ];
}

function permitCases(bad: Bad): Case[] {
  const permit = (change: object) => ({ args: { ...ARGS["client.permit"], ...change } });
  const from = (...networks: string[]) => permit({ networks });
  return [
    bad("a permit for 501", "client.permit", permit({ most: 501 }), "500 at most"),
    bad("a permit for nobody", "client.permit", permit({ most: 0 }), "one at least"),
    bad("a permit for 31 days", "client.permit", permit({ until: PROPOSED + 31 * 86_400 }), "30 days at most"),
    bad("a permit that is over", "client.permit", permit({ until: PROPOSED }), "later than the command"),
    bad("a permit from nowhere", "client.permit", from(), "one network at least"),
    bad("a permit from everywhere", "client.permit", from("0.0.0.0/0"), "/8 at most"),
    bad("a permit from an eighth of the Internet", "client.permit", from("32.0.0.0/3"), "/8 at most"),
    bad("a permit from an address alone", "client.permit", from("10.0.0.1"), "address and prefix"),
    bad("a permit from a network with a host in it", "client.permit", from("10.0.0.1/8"), "nothing set behind it"),
    bad("a permit from a network in octal", "client.permit", from("010.0.0.0/8"), "one spelling"),
    bad("a permit from a network spelled at length", "client.permit", from("2001:db8:0::/32"), "one spelling"),
    bad("a permit from a network in capitals", "client.permit", from("2001:DB8::/32"), "one spelling"),
    bad("a permit for two groups", "client.permit", permit({ group: ["web", "batch"] }), "one"),
    bad("a permit on all keys", "client.permit", permit({ group: undefined }), "one group"),
    bad("a permit whose secret is given", "client.permit", permit({ secret: "A".repeat(43) }), "made at the agent"),
    bad("a permit with a target", "client.permit", { target: CLIENT_TARGET }, "it has none"),
    bad("a withdrawal of some", "client.revoke", { args: { issued: false } }, "true or nothing"),
    bad(
      "an alias given and taken",
      "key.label",
      { args: { label: "a", alias: "alias/a", unalias: true } },
      "one of both",
    ),
    bad("an alias without its prefix", "key.label", { args: { label: "a", alias: "orders" } }, "alias/…"),
  ];
}

function argumentCases(domain: SoftwareDomain): Case[] {
  const bad = (name: string, act: SupportedAct, change: object, why: string) =>
    refused(
      "E_ARGS",
      CHECK,
      name,
      { bytes: documentInput(encodeCanonical({ ...membersOf(domain, act), ...change })) },
      why,
    );
  const items = (...all: readonly object[]) => ({ args: { items: all as never } });
  const brought = (...all: readonly object[]) => ({ args: { ...ARGS["import.commit"], items: all as never } });
  const leaving = (...all: readonly object[]) => ({ args: { ...ARGS["export.wrap"], keys: all as never } });
  const [out] = ARGS["export.wrap"].keys;
  const grants = (...all: readonly object[]) => ({ args: { ...ARGS["client.enrol"], grants: all as never } });
  const own = { ops: ["create"], keys: { kind: "own" } };
  return [
    ...policyCases(bad),
    ...permitCases(bad),
    ...lossCases(bad),
    bad("a key of no known algorithm", "key.create", items({ ...KEY, algorithm: "DES" }), "a closed list"),
    bad(
      "a key in a token that may leave it",
      "key.create",
      items({ ...KEY, extractable: true, store: "hsm" }),
      "never",
    ),
    bad(
      "a key in a token of an algorithm none has",
      "key.create",
      items({ ...KEY, algorithm: "ML-DSA-65", usage: ["sign"], store: "hsm" }),
      "a closed list",
    ),
    bad("a key in a store of another name", "key.create", items({ ...KEY, store: "cloud" }), "hsm or nothing"),
    bad("a key for nothing", "key.create", items({ ...KEY, usage: [] }), "one use at least"),
    bad("a key with a use twice", "key.create", items({ ...KEY, usage: ["encrypt", "encrypt"] }), "each once"),
    bad("a key without a name", "key.create", items({ ...KEY, label: "" }), "1 to 128 characters"),
    bad("a key in a group of capitals", "key.create", items({ ...KEY, group: "Default" }), "lower case"),
    bad("an alias of another form", "key.create", items({ ...KEY, alias: "orders" }), "alias/…"),
    bad(
      "two keys of one alias",
      "key.create",
      items({ ...KEY, alias: "alias/a" }, { ...KEY, alias: "alias/a" }),
      "unique in a group",
    ),
    bad(
      "a key that wraps and decrypts",
      "key.create",
      items({ ...KEY, usage: ["decrypt", "wrap"] }),
      "wrapped keys would be read",
    ),
    bad("an import for no key", "import.begin", { args: { form: "hpke", most: 0 } }, "1 to 1000"),
    bad("an import by another form", "import.begin", { args: { form: "rsa-pkcs1", most: 1 } }, "a closed list"),
    bad(
      "keys of one alias",
      "import.commit",
      brought(BROUGHT, { ...BROUGHT, foreign: undefined }),
      "unique in a group",
    ),
    bad("keys of one foreign name", "import.commit", brought(BROUGHT, { ...BROUGHT, alias: undefined }), "unique"),
    bad("versions that fall", "import.commit", brought({ ...BROUGHT, versions: [3, 2] }), "they rise"),
    bad("a key without an algorithm", "import.commit", brought({ ...BROUGHT, algorithm: undefined }), "only secrets"),
    bad("a private key in raw bytes", "import.commit", brought({ ...BROUGHT, type: "private-key" }), "PKCS #8"),
    bad(
      "a secret that encrypts",
      "import.commit",
      brought({ ...BROUGHT, type: "secret-data", algorithm: undefined }),
      "kept only",
    ),
    bad(
      "a pair's algorithm for one key",
      "import.commit",
      brought({ ...BROUGHT, algorithm: "EC-P256" }),
      "a private key",
    ),
    bad("a key that leaves twice", "export.wrap", leaving({ ...out }, { ...out }), "each once"),
    bad(
      "a key that leaves without its name",
      "export.wrap",
      leaving({ ...out, label: undefined }),
      "as the agent calls it",
    ),
    bad("no key that leaves", "export.wrap", leaving(), "1 to 1000"),
    bad(
      "a key pair to authenticate",
      "key.create",
      items({ ...KEY, algorithm: "EC-P256", usage: ["mac"] }),
      "no such use",
    ),
    bad(
      "a key that opens for a shorter time than it protects",
      "key.create",
      items({ ...KEY, originatorSec: 172_800, recipientSec: 86_400 }),
      "the recipient-usage period contains the other",
    ),
    bad(
      "a key that stops protecting as it becomes active",
      "key.create",
      items({ ...KEY, activation: 1_900_000_000, protectStop: 1_900_000_000 }),
      "active before it stops",
    ),
    bad(
      "a key that is retired before it stops protecting",
      "key.create",
      items({ ...KEY, protectStop: 1_900_000_001, deactivation: 1_900_000_000 }),
      "retired last",
    ),
    bad(
      "a key that may protect nothing",
      "key.create",
      items({ ...KEY, limit: { unit: "byte", total: 0 } }),
      "one at least",
    ),
    bad(
      "a key with a recipient-usage period alone",
      "key.create",
      items({ ...KEY, recipientSec: 86_400 }),
      "both or none",
    ),
    bad("a schedule that destroys", "schedule.set", { args: { does: "destroy", everySec: 86_400 } }, "never delegable"),
    bad("a schedule that exports", "schedule.set", { args: { does: "export", everySec: 86_400 } }, "never delegable"),
    bad(
      "a schedule of less than a day",
      "schedule.set",
      { args: { does: "rotate", everySec: 86_399 } },
      "P1D at least",
    ),
    bad(
      "a rotation that asks for disuse",
      "schedule.set",
      { args: { does: "rotate", everySec: 86_400, unusedSec: 86_400 } },
      "of retiring only",
    ),
    bad("a schedule without a key", "schedule.set", { target: undefined }, "each act has its target"),
    bad("an old algorithm of no name", "crypto.allow", { args: { algorithms: ["DES"] } }, "a closed list"),
    bad("an old algorithm twice", "crypto.allow", { args: { algorithms: ["ECB", "ECB"] } }, "each once"),
    bad("no keys", "key.create", items(), "1 to 1000"),
    bad("a member more", "key.rotate", { args: { force: true } }, "closed form"),
    bad("arguments of another act", "key.suspend", { args: { label: "x" } }, "closed form"),
    bad("a key act without a key", "key.rotate", { target: undefined }, "each act has its target"),
    bad("a key act on a client", "key.rotate", { target: CLIENT_TARGET }, "each act has its target"),
    bad("a creation with a target", "key.create", { target: KEY_TARGET }, "it has none"),
    bad("a tightening act with a head", "key.suspend", { expect: { head: 4 } }, "tightening acts carry no head"),
    bad("a client without grants", "client.enrol", grants(), "one at least"),
    bad("a grant of no known operation", "client.enrol", grants({ ...own, ops: ["admin"] }), "closed list"),
    bad("a grant by label", "client.enrol", grants({ ...own, keys: { kind: "label", id: "Orders" } }), "never labels"),
    bad(
      "a client's key itself where its introduction belongs",
      "client.enrol",
      { args: { ...ARGS["client.enrol"], auth: { kind: "own-key", key: "A".repeat(120), validitySec: 86_400 } } },
      "intro: and 43 characters",
    ),
    bad(
      "a client's key introduced and issued",
      "client.enrol",
      {
        args: {
          ...ARGS["client.enrol"],
          auth: { kind: "issued", key: `intro:${"A".repeat(43)}`, validitySec: 86_400 },
        },
      },
      "one or the other",
    ),
    bad(
      "a certificate of a minute",
      "client.enrol",
      { args: { ...ARGS["client.enrol"], auth: { kind: "issued", validitySec: 60 } } },
      "an hour at least",
    ),
  ];
}

function formCases(create: CanonicalObject): Case[] {
  const text = new TextDecoder().decode(encodeCanonical(create));
  const long = { repeat: { before: `${text.slice(0, -2)}`, text: "x", times: 262_200 - text.length, after: '"}' } };
  return [
    refused("E_CANON", CHECK, "with a space", { bytes: { text: text.replace(":", ": ") } }, "one spelling"),
    refused(
      "E_CANON",
      CHECK,
      "with a member twice",
      { bytes: { text: `{"act":"key.destroy",${text.slice(1)}` } },
      "one spelling",
    ),
    refused("E_LIMIT", CHECK, "of 256 KiB and more", { bytes: long }, "256 KiB"),
  ];
}

/** docs/spec/command.md: what administrators sign. */
export function commandCases(): Case[] {
  const domain = SoftwareDomain.found({ seed: "vector commands" });
  const create = membersOf(domain, "key.create");
  const acts = Object.keys(ARGS).filter(isSupportedAct);
  return [
    ...acts.flatMap((act) =>
      ["E_ARGS", "E_SCHEMA", "E_UNSUPPORTED"]
        .slice(0, act === "key.create" ? 3 : 1)
        .map((near) =>
          accepted(
            CHECK,
            `${act}, not ${near}`,
            { bytes: documentInput(encodeCanonical(membersOf(domain, act))) },
            { why: "closed arguments, its own kind of target", near },
          ),
        ),
    ),
    accepted(
      CHECK,
      "client.enrol of a client's own key",
      {
        bytes: documentInput(
          encodeCanonical({
            ...membersOf(domain, "client.enrol"),
            args: {
              ...(ARGS["client.enrol"] as unknown as CanonicalObject),
              auth: { kind: "own-key", key: `intro:${"A".repeat(43)}`, validitySec: 86_400 },
            },
          }),
        ),
      },
      { why: "by its introduction only", near: "E_ARGS" },
    ),
    ...OTHER_ARGS.map(([name, act, args]) =>
      accepted(
        CHECK,
        name,
        { bytes: documentInput(encodeCanonical({ ...membersOf(domain, act), args: args as never })) },
        { why: "closed arguments", near: "E_ARGS" },
      ),
    ),
    accepted(
      CHECK,
      "a key that never leaves its token",
      {
        bytes: documentInput(encodeCanonical({ ...create, args: { items: [{ ...KEY, store: "hsm" }] } })),
      },
      { why: "it is not extractable, and tokens have its algorithm", near: "E_ARGS" },
    ),
    accepted(
      CHECK,
      "client.enrol of a client of the company's authority",
      {
        bytes: documentInput(
          encodeCanonical({
            ...membersOf(domain, "client.enrol"),
            args: {
              ...(ARGS["client.enrol"] as unknown as CanonicalObject),
              auth: { kind: "company", key: `intro:${"A".repeat(43)}`, exact: true },
            },
          }),
        ),
      },
      { why: "by its introduction only, one certificate or any for the key", near: "E_ARGS" },
    ),
    ...shapeCases(create),
    ...argumentCases(domain),
    ...formCases(create),
  ];
}

/** docs/spec/command.md section 5: what travels. */
export function envelopeCases(): Case[] {
  const check = "parseEnvelope";
  const domain = SoftwareDomain.found({ seed: "vector envelopes", administrators: 2 });
  const command = domain.propose({ act: "domain.lock", args: {} });
  const approvals = domain.administrators.map((by) => domain.approve([command], { by, counter: 1 }));
  const [first] = approvals;
  const proposal = domain.approve([command], { decision: 0, counter: 2 });
  const members = parseCanonical(domain.envelope(command, approvals).bytes, 524_288);
  const good = (name: string, bytes: Uint8Array, why: string) =>
    accepted(check, name, { bytes: documentInput(bytes) }, { why, near: "E_SCHEMA" });
  const bad = (code: string, name: string, change: object, why: string) =>
    refused(code, check, name, { bytes: documentInput(encodeCanonical({ ...members, ...change })) }, why);
  const copies = (count: number) => Array.from({ length: count }, () => first) as never;
  return [
    good("without approvals", domain.envelope(command, []).bytes, "as proposed"),
    good("with two approvals", domain.envelope(command, approvals).bytes, "as approved"),
    good("with its proposal", domain.envelope(command, approvals, { proposal }).bytes, "where a rule says noSelf"),
    good(
      "with 16 approvals",
      encodeCanonical({ ...members, approvals: copies(16) }),
      "the most; who counts is decided later",
    ),
    bad("E_SCHEMA", "with 17 approvals", { approvals: copies(17) }, "16 at most"),
    bad("E_SCHEMA", "with a member more", { result: "applied" }, "unknown members are refused"),
    bad("E_SCHEMA", "without approvals at all", { approvals: undefined }, "a list, also an empty one"),
    bad("E_SCHEMA", "with a padded document", { doc: "AAA=" }, "canonical base64url"),
    bad("E_UNSUPPORTED", "of version 2", { ver: 2 }, "this is version 1"),
    bad("E_UNSUPPORTED", "that is a command", { typ: "cmd" }, "each kind offered as another"),
  ];
}
