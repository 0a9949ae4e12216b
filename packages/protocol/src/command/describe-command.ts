import { type BackupPolicy, describeDestinationWhole } from "./backup-policy.ts";
import type { Command } from "./command.ts";
import type { ArgsOf, NewKey } from "./command-args.ts";
import type { CommandDescription } from "./command-description.ts";
import { describeGrant, joinWords } from "./describe-grant.ts";
import { describeLoss } from "./describe-loss.ts";
import { DEED_WORDS, dayOf, describeSchedule } from "./describe-schedule.ts";
import { describeExport, describeImport, describeImportBegin } from "./describe-transfer.ts";
import type { Grant } from "./grant.ts";
import { inReadingOrder } from "./in-reading-order.ts";
import { isKeyPairAlgorithm, LEGACY_WORDS, type LegacyAlgorithm } from "./key-words.ts";
import { grantsOfPermit } from "./permit.ts";
import { usageWords } from "./usage-words.ts";

/** What the reader's own source of truth says of the target; all of it optional. */
export interface DescribeContext {
  readonly target?:
    | {
        readonly state?: string | undefined;
        readonly versions?: number | undefined;
        /** Clients that used the key in the last 30 days; absent where that is not known. */
        readonly usedBy?: readonly { readonly label: string }[] | undefined;
        /** Keys that the client used in the last 30 days; absent where that is not known. */
        readonly uses?: readonly { readonly label: string }[] | undefined;
        /** What the client may do now; absent where that is not known. */
        readonly grants?: readonly Grant[] | undefined;
      }
    | undefined;
}

/**
 * Describes a command from its own signed content, and what is known of its target.
 *
 * Names are the ones in the command; the agent refuses a command whose names are not its own.
 */
export function describeCommand(command: Command, context: DescribeContext = {}): CommandDescription {
  const users = usersOf(context);
  switch (command.act) {
    case "key.create":
      return describeCreate(command.args.items);
    case "key.activate":
      return calm(`Activate ${command.target.label}`, "activates a key", [
        "From now on it can be used for what it was made for.",
      ]);
    case "key.rotate":
      return calm(`Rotate ${command.target.label}`, "new version of a key", [
        "A new version encrypts from now on. Everything encrypted so far still opens.",
      ]);
    case "key.suspend":
      return danger(`Suspend ${command.target.label}`, "suspends a key", [
        "Until it is resumed, nothing is encrypted or opened with this key.",
        ...users,
      ]);
    case "key.resume":
      return calm(`Resume ${command.target.label}`, "resumes a key", ["The key encrypts and opens again."]);
    case "key.deactivate":
      return danger(`Retire ${command.target.label}`, "retires a key", [
        isSuspended(context)
          ? "It never encrypts again. It is suspended, and opens nothing until it is resumed."
          : "It still opens what it encrypted, and never encrypts again.",
        ...users,
      ]);
    case "key.compromise":
      return danger(`Mark ${command.target.label} as exposed`, "a key is exposed", [
        "It encrypts nothing new. What it protected should be treated as readable by others and encrypted anew.",
        ...(isSuspended(context) ? ["It is suspended, and opens nothing until it is resumed."] : []),
        ...users,
      ]);
    case "key.destroy":
      return danger(`Destroy ${command.target.label}${versionsOf(context)}`, "destroys a key", [
        "After this takes effect nobody, you included, can decrypt what only this key protects.",
        ...users,
      ]);
    case "key.label":
      return describeNames(command);
    case "key.group":
      return describeGroup(command, users);
    case "schedule.set":
      return describeSchedule(command);
    case "schedule.clear":
      return danger(`End the schedule: ${command.target.label}`, "ends a schedule", [
        `The key server no longer ${DEED_WORDS[command.args.does]} by itself. Nothing else changes.`,
      ]);
    case "client.enrol":
      return describeEnrol(command);
    case "client.permit":
      return describePermit(command);
    case "client.update":
      return describeUpdate(command, context);
    case "client.revoke":
      return danger(`Withdraw ${command.target.label}`, "withdraws a client", [
        command.args.issued === true
          ? "Its secret lets nobody in any more, and every client that came by it stops working at once."
          : "Its certificate stops working at once, on every key. Of an enrolment secret: it lets nobody in any more; who came by it stays.",
        ...usesOf(context),
      ]);
    case "crypto.allow":
      return describeAllow(command.args.algorithms);
    case "import.begin":
      return describeImportBegin(command.args);
    case "import.commit":
      return describeImport(command.args);
    case "export.wrap":
      return describeExport(command.args);
    case "escrow.enrol":
      return describeEscrow(command.args);
    case "escrow.release":
      return danger("Release a backup to a new key server", "releases a backup", [
        "Custodians may then give their shares to that key server. With enough of them it has every key of the backup.",
        "Approve it only if you know who set up that key server, and why: the old one is gone, or this is a rehearsal.",
      ]);
    case "escrow.drill":
      return calm("Begin a drill with the custodians", "drill", [
        "Each custodian proves that their share can still be opened. No share leaves anybody, and nothing is restored.",
      ]);
    case "backup.policy":
      return describePolicy(command.args.policy);
    case "backup.create":
      return calm("Back up now", "backup", [
        "The key server makes a backup for every destination of its policy and reads it back.",
      ]);
    case "domain.lock":
      return danger("Lock this environment", "locks changes", [
        "No key, client or rule can be changed until it is unlocked. Encryption and decryption go on.",
      ]);
    case "domain.unlock":
      return calm("Unlock this environment", "unlocks changes", ["Keys, clients and rules can be changed again."]);
    case "domain.set":
      return describeSettings(command.args);
    case "clock.accept":
      return danger("Take the key server's clock as right", "takes a clock as right", [
        "Its clock was set, so it has been dating by what it knew before, and has refused changes. From now on it goes by its clock again, also where that is behind its newest entry.",
        `When this was asked, its clock said ${showMinute(command.issued)}: compare that with a clock you trust. Planned dates and schedules count by it.`,
      ]);
    case "log.acceptLoss":
      return describeLoss(command.args);
    case "restore.accept":
      return danger("Accept the restored state", "accepts a restore", [
        `The key server goes on from its backup of ${command.args.size} log entries. What happened after that backup is lost, and the log says so.`,
      ]);
  }
}

function describeCreate(items: readonly NewKey[]): CommandDescription {
  const [first] = items;
  const title = items.length === 1 ? `Create key ${first?.label ?? ""}` : `Create ${items.length} keys`;
  const keys = inReadingOrder(items);
  // What is planned for one key has lines of its own; of several, each key has one.
  if (items.length === 1)
    return calm(
      title,
      "new key",
      keys.flatMap((key) => [newKeyWords(key), ...plannedWords(key)]),
    );
  const lines = keys.map((key) => [newKeyWords(key), ...plannedWords(key)].join(" "));
  return { ...calm(title, "new keys", lines), listed: { from: 0, names: keys.map(({ label }) => label) } };
}

function newKeyWords(key: NewKey): string {
  const { label, algorithm, usage, group, extractable, cryptoperiodSec, alias, store } = key;
  const named = alias === undefined ? "" : `, also called ${alias}`;
  const isPair = isKeyPairAlgorithm(algorithm);
  const days = cryptoperiodSec === undefined ? null : Math.round(cryptoperiodSec / 86_400);
  const due = isPair ? `Another pair is due after ${days} days.` : `It is due for rotation every ${days} days.`;
  const period = days === null ? "" : ` ${due}`;
  const it = isPair ? "Its private key" : "It";
  const leaves = extractable
    ? ` ${it} may leave the key server to clients that are granted that.`
    : store === "hsm"
      ? ` ${it} is made in the key server's hardware module and never leaves it; no backup holds it.`
      : ` ${it} never leaves the key server.`;
  const pair = isPair ? " key pair" : "";
  return `${label}${named}: ${algorithm}${pair} to ${usageWords(usage)}, in group ${group}.${leaves}${period}${periodWords(key)}`;
}

/** What the periods that end by themselves mean. */
function periodWords({ originatorSec, recipientSec }: NewKey): string {
  const days = (seconds: number) => `${Math.round(seconds / 86_400)} days`;
  const protecting =
    originatorSec === undefined ? "" : ` Each version protects nothing new after ${days(originatorSec)}.`;
  const opening = recipientSec === undefined ? "" : ` It opens nothing any more after ${days(recipientSec)}.`;
  return `${protecting}${opening}`;
}

/** What comes about by itself at a time, and how much it protects in all. */
function plannedWords({ activation, protectStop, deactivation, limit }: NewKey): string[] {
  const things = { byte: "bytes", object: "times" };
  return [
    ...(activation === undefined
      ? []
      : [
          `It becomes active on ${dayOf(activation)}, and does nothing before; carried out later, it is active at once.`,
        ]),
    ...(protectStop === undefined ? [] : [`It protects nothing new from ${dayOf(protectStop)} on.`]),
    ...(deactivation === undefined ? [] : [`It is retired by itself on ${dayOf(deactivation)}.`]),
    ...(limit === undefined
      ? []
      : [`It protects ${inGroups(limit.total)} ${things[limit.unit]} in all, and nothing after.`]),
  ];
}

/** Digits in groups of three, apart by a space that does not break. */
function inGroups(total: number): string {
  return String(total).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
}

function describeGroup({ target, args }: Command<"key.group">, users: readonly string[]): CommandDescription {
  const lines = [
    `Clients with a grant on group ${args.group} can use it from now on; those with a grant on group ${target.group} no longer.`,
    ...users,
  ];
  return danger(`Move ${target.label} to group ${args.group}`, "changes who may use a key", lines);
}

function describeEscrow({ k, custodians, recoveryFile }: Command<"escrow.enrol">["args"]): CommandDescription {
  const n = custodians.length;
  return danger(`Let ${k} of ${n} custodians open backups`, "custodians", [
    `Every backup from now on is opened by any ${k} of these ${n} people together${k > 1 ? "; fewer learn nothing of it" : ""}.`,
    recoveryFile ? "The recovery file alone opens them as well." : "The recovery file no longer opens them.",
    "Backups made before are opened by whom they were made for.",
  ]);
}

function describeAllow(algorithms: readonly LegacyAlgorithm[]): CommandDescription {
  if (algorithms.length === 0)
    return calm("Allow no old algorithms", "allowed algorithms", [
      "Clients may use what is sound today; all old algorithms are refused.",
    ]);
  const lines = [
    `Clients may use, within their grants: ${algorithms.map((each) => LEGACY_WORDS[each]).join("; ")}.`,
    "These are for old data and old devices and protect less. Every other old algorithm is refused.",
  ];
  return danger("Allow old algorithms", "allows old algorithms", lines);
}

function describePolicy(policy: BackupPolicy | undefined): CommandDescription {
  if (policy === undefined)
    return danger("End automatic backups", "ends backups", [
      "The key server makes no backup by itself any more. Keys made from now on are in none until somebody makes one.",
    ]);
  const { destinations, intervalSec, keep } = policy;
  const days = Math.round(intervalSec / 86_400);
  const names = destinations.map(({ name }) => name);
  const said = calm("Set automatic backups", "backups", [
    `Every ${days === 1 ? "day" : `${days} days`}, and within a minute of a new key, to ${joinWords(names)}.`,
    ...destinations.map((to) => `${to.name}: ${describeDestinationWhole(to)}.`),
    "Who can open backups stays as it is.",
    `The newest ${keep.last} are kept${keep.days > 0 ? `, and all of the last ${keep.days} days` : ""}; older ones are removed.`,
  ]);
  return { ...said, listed: { from: 1, names } };
}

function describeSettings({ ackNewKey, share }: Command<"domain.set">["args"]): CommandDescription {
  const said = [
    ...(ackNewKey === undefined ? [] : [describeAck(ackNewKey)]),
    ...(share === undefined ? [] : [describeShare(share)]),
  ];
  const [only] = said;
  if (said.length === 1 && only !== undefined) return only;
  return {
    ...{ title: "Change settings", tag: "settings", danger: said.some(({ danger: is }) => is) },
    lines: said.flatMap(({ title, lines }) => [`${title}.`, ...lines]),
  };
}

function describeShare(share: "names" | "hashes"): CommandDescription {
  return share === "hashes"
    ? calm("Keep names from the dashboard", "what is shared", [
        "From now on the dashboard, and whoever runs it, gets no name or alias of a key or client, and no command's text: only what hashes, states and signatures say.",
        "It cannot propose changes of what it cannot name: those are proposed on the key server's page or command line. What it has learned before, it has.",
      ])
    : danger("Show names to the dashboard", "what is shared", [
        "From now on the dashboard, and whoever runs it, gets the names and aliases of keys and clients and the text of commands. Key material never.",
      ]);
}

function describeAck(ackNewKey: "local" | "backup"): CommandDescription {
  return ackNewKey === "backup"
    ? calm("Answer for a new key once a backup holds it", "new keys", [
        "Who makes a key waits for the backup, a minute at most. While no destination takes backups, no key is made.",
      ])
    : calm("Answer for a new key at once", "new keys", [
        "A key is answered for when the key server's own disk holds it. The next backup takes it in within a minute.",
      ]);
}

function describeNames({ target, args }: Command<"key.label">): CommandDescription {
  const { label, alias, unalias } = args;
  const renames = label !== target.label;
  const name = renames ? [`It is called ${label} from now on. Its id and who may use it stay.`] : [];
  if (alias === undefined && unalias === undefined)
    return calm(`Rename ${target.label} to ${label}`, "renames a key", [
      "Only what people call it changes; its id, its aliases and who may use it stay.",
    ]);
  return unalias === true
    ? danger(`Take the alias of ${target.label} away`, "alias of a key", [
        "Who names it by its alias does not find it any more, until another key of the group has that alias. Its id stays.",
        ...name,
      ])
    : danger(`Call ${target.label} ${alias}`, "alias of a key", [
        `Who names ${alias} in group ${target.group} uses this key from now on. An alias that it had before finds it no more.`,
        ...name,
      ]);
}

function describePermit({ args }: Command<"client.permit">): CommandDescription {
  const { label, ops, group, most, networks, validitySec, renewable, until } = args;
  const clients = most === 1 ? "one client" : `up to ${most} clients`;
  return danger(`Let ${clients} enrol by themselves: ${label}`, "enrolment secret", [
    `The key server makes a secret and shows it once. Until ${showMinute(until)} whoever holds it can enrol ${clients}, from ${joinWords(networks)} only. Nobody approves them one by one; each is an entry of the log.`,
    ...grantsOfPermit({ ops, group }).map((grant) => `Each may ${describeGrant(grant)}.`),
    renewable
      ? `Each certificate is good for ${showSpan(validitySec)}, and its client may renew it.`
      : `Each certificate is good for ${showSpan(validitySec)} and cannot be renewed.`,
    "Any one administrator ends it at once, and with it everybody who came by it where that is wanted.",
  ]);
}

function showSpan(seconds: number): string {
  const [count, unit] =
    seconds < 2 * 86_400 ? [Math.round(seconds / 3600), "hour"] : [Math.round(seconds / 86_400), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function describeEnrol({ args, issued }: Command<"client.enrol">): CommandDescription {
  const { label, auth, grants, notAfter } = args;
  return calm(`Enrol ${label}`, "new client", [
    ...grants.map((grant) => `It may ${describeGrant(grant)}.`),
    describeCertificate(auth, (notAfter ?? Number.MAX_SAFE_INTEGER) - issued),
  ]);
}

/** What comes and what goes, where it is known what there is; else all that there is from now on. */
function describeUpdate(
  { target, args }: Command<"client.update">,
  { target: known }: DescribeContext,
): CommandDescription {
  const granted = args.grants.map(describeGrant);
  const before = known?.grants?.map(describeGrant) ?? [];
  const kept = granted.filter((each) => before.includes(each));
  const lines = [
    ...granted.filter((each) => !before.includes(each)).map((each) => `From now on it may ${each}.`),
    ...before.filter((each) => !granted.includes(each)).map((each) => `It may no longer ${each}.`),
    ...kept.map((each) => `As before it may ${each}.`),
    "Its key and its certificate stay. Connections that are open follow at once.",
  ];
  return danger(`Change what ${target.label} may do`, "changes what a client may do", lines);
}

/** @param longestSec - Until the end that administrators set. */
function describeCertificate(auth: ArgsOf<"client.enrol">["auth"], longestSec: number): string {
  if (auth.kind === "company")
    return auth.exact === true
      ? "It is known by exactly the certificate of your company's authority that was introduced. When that ends, it is enrolled anew."
      : "It keeps its own key, which was introduced to the key server. Certificates for it come from your company's authority, which can end its access by revoking them.";
  const days = Math.round(Math.min(auth.validitySec, longestSec) / 86_400);
  const good = `good for ${days} ${days === 1 ? "day" : "days"}`;
  return auth.kind === "issued"
    ? `Its certificate is issued by the key server, is handed out once, and is ${good}.`
    : `It keeps its own key, which was introduced to the key server. The key server's certificate for it is ${good}.`;
}

function usersOf({ target }: DescribeContext): string[] {
  const users = target?.usedBy ?? [];
  if (target?.usedBy === undefined) return [];
  if (users.length === 0) return ["Nobody used it in the last 30 days."];
  const who = `${users.length === 1 ? "one client" : `${users.length} clients`} used it: ${firstOf(users)}`;
  return [`In the last 30 days ${who}.`];
}

/** The keys that a client used lately, which it loses. */
function usesOf({ target }: DescribeContext): string[] {
  const uses = target?.uses;
  if (uses === undefined) return [];
  if (uses.length === 0) return ["It used no key in the last 30 days."];
  return [`In the last 30 days it used ${uses.length === 1 ? "one key" : `${uses.length} keys`}: ${firstOf(uses)}.`];
}

const SHOWN = 5;

function firstOf(named: readonly { readonly label: string }[]): string {
  const names = named.slice(0, SHOWN).map(({ label }) => label);
  return named.length > SHOWN ? `${names.join(", ")} and ${named.length - SHOWN} more` : joinWords(names);
}

/** A suspended key stays closed whatever it becomes. */
function isSuspended({ target }: DescribeContext): boolean {
  return target?.state === "suspended";
}

function versionsOf({ target }: DescribeContext): string {
  const versions = target?.versions ?? 0;
  return versions > 1 ? `, all ${versions} versions` : "";
}

function calm(title: string, tag: string, lines: readonly string[]): CommandDescription {
  return { title, tag, danger: false, lines };
}

function danger(title: string, tag: string, lines: readonly string[]): CommandDescription {
  return { title, tag, danger: true, lines };
}

/** A time for people, to the minute. */
function showMinute(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
