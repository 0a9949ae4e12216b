import {
  type ArgsOf,
  type CanonicalObject,
  type Command,
  decodeBase64url,
  deriveClientId,
  deriveKeyId,
  deriveScheduleId,
  encodeBase64url,
  encodeCanonical,
  grantsOfPermit,
  type ImportedKey,
  type Introduction,
  importedVersions,
  isKeyPairAlgorithm,
  type KeySchedule,
  type KeyStateDocument,
  type NewKey,
  referredHash,
  type State,
  sha256,
  usageOfPart,
} from "@holdfast/protocol";

/** One entry of a command's, with what it left behind. */
export type Outcome = {
  readonly hash: string;
  readonly command: Command;
  /** Place among the command's entries. */
  readonly item: number;
  readonly subject: string;
  readonly label: string | undefined;
  readonly alias?: string | undefined;
  readonly after: State;
  /** The state before; null for what is new. */
  readonly before: State | null;
  /** When the entry was written. */
  readonly at: number;
  /** What newcomers gave to the agent, by the hashes that the command names. */
  readonly intros: ReadonlyMap<string, Introduction>;
};

/**
 * What is wrong between what was approved and what an entry records; null when the entry does exactly that.
 *
 * Whether the step from the state before is allowed is another question.
 */
export function commandFitProblem(outcome: Outcome): string | null {
  const { command, subject, hash } = outcome;
  switch (command.act) {
    case "key.create":
      return createProblem(outcome, command.args as ArgsOf<"key.create">);
    case "client.enrol":
      return subject === deriveClientId(hash) ? enrolProblem(outcome, command.args as ArgsOf<"client.enrol">) : OTHER;
    case "client.permit":
      return subject === deriveClientId(hash) ? permitProblem(outcome, command.args as ArgsOf<"client.permit">) : OTHER;
    case "client.revoke":
      return revokeProblem(outcome, command.args as ArgsOf<"client.revoke">);
    case "client.update":
      return command.target?.kind === "client" && command.target.client === subject
        ? updateProblem(outcome, command.args as ArgsOf<"client.update">)
        : OTHER;
    case "key.group":
      return isTargetKey(outcome) ? groupProblem(outcome, command.args as ArgsOf<"key.group">) : OTHER;
    case "schedule.set":
      return isTargetKey(outcome) ? scheduleProblem(outcome, command.args as ArgsOf<"schedule.set">) : OTHER;
    case "schedule.clear":
      return isTargetKey(outcome) ? clearedProblem(outcome, command.args as ArgsOf<"schedule.clear">) : OTHER;
    case "crypto.allow":
      return subject === command.tid ? allowProblem(outcome, command.args as ArgsOf<"crypto.allow">) : OTHER;
    case "escrow.enrol":
      return subject === command.tid ? custodiansProblem(outcome, command.args as ArgsOf<"escrow.enrol">) : OTHER;
    case "key.label":
      return isTargetKey(outcome) ? labelProblem(outcome, command.args as ArgsOf<"key.label">) : OTHER;
    case "import.begin":
      return subject === hash ? null : OTHER;
    case "import.commit":
      return importProblem(outcome, command.args as ArgsOf<"import.commit">);
    case "export.wrap":
      return exportProblem(outcome, command.args as ArgsOf<"export.wrap">);
    case "backup.policy":
      return subject === command.tid ? policyProblem(outcome, command.args as ArgsOf<"backup.policy">) : OTHER;
    case "domain.set":
      return subject === command.tid ? settingProblem(outcome, command.args as ArgsOf<"domain.set">) : OTHER;
    case "escrow.release":
    case "escrow.drill":
    case "backup.create":
    case "domain.lock":
    case "domain.unlock":
    case "log.acceptLoss":
    case "restore.accept":
      return subject === command.tid ? null : OTHER;
    default:
      return isTargetKey(outcome) ? null : OTHER;
  }
}

const OTHER = "it is about something else than was approved";

function isTargetKey({ command, subject }: Outcome): boolean {
  return command.target?.kind === "key" && command.target.keyId === subject;
}

function createProblem({ hash, item, subject, label, after }: Outcome, args: ArgsOf<"key.create">): string | null {
  const wanted = wantedKeys(args)[item];
  if (!wanted || subject !== deriveKeyId(hash, item) || after.kind !== "key") return OTHER;
  const same =
    (after.type ?? "symmetric-key") === wanted.type &&
    after.algorithm === wanted.algorithm &&
    after.group === wanted.group &&
    after.extractable === wanted.extractable &&
    after.store === wanted.store &&
    after.dates.cryptoperiodSec === wanted.cryptoperiodSec &&
    after.dates.originatorSec === wanted.originatorSec &&
    after.dates.recipientSec === wanted.recipientSec &&
    isPlanned(after, wanted) &&
    [...after.usage].sort().join() === [...wanted.usage].sort().join() &&
    after.owner.kind === "domain" &&
    (label === undefined || label === wanted.label);
  return same ? null : "the key is not the one that was approved";
}

/** Whether it becomes active, stops and is retired when it was approved to, and protects no more than that. */
function isPlanned(
  { dates, limits, state }: KeyStateDocument,
  { activation, protectStop, deactivation, limit }: NewKey,
) {
  const begins = activation !== undefined && activation > dates.created ? "pre-active" : "active";
  return (
    state === begins &&
    dates.activation === activation &&
    dates.processStart === undefined &&
    dates.protectStop === protectStop &&
    dates.deactivation === deactivation &&
    limits?.unit === limit?.unit &&
    limits?.total === limit?.total
  );
}

/** The keys that a command makes, in the order of its entries: of an asymmetric algorithm the private and the public one. */
function wantedKeys({ items }: ArgsOf<"key.create">) {
  return items.flatMap((item) => {
    if (!isKeyPairAlgorithm(item.algorithm)) return [{ ...item, type: "symmetric-key" }];
    return [
      { ...item, type: "private-key", usage: usageOfPart(item.usage, "private-key") },
      {
        ...item,
        type: "public-key",
        usage: usageOfPart(item.usage, "public-key"),
        extractable: true,
        store: undefined,
      },
    ];
  });
}

function importProblem({ hash, item, subject, label, after }: Outcome, args: ArgsOf<"import.commit">): string | null {
  const wanted = broughtKeys(args)[item];
  if (!wanted || subject !== deriveKeyId(hash, item) || after.kind !== "key") return OTHER;
  const versions = importedVersions(wanted);
  const same =
    (after.type ?? "symmetric-key") === wanted.type &&
    after.algorithm === wanted.algorithm &&
    after.group === wanted.group &&
    after.extractable === wanted.extractable &&
    after.dates.cryptoperiodSec === wanted.cryptoperiodSec &&
    [...after.usage].sort().join() === [...wanted.usage].sort().join() &&
    after.owner.kind === "domain" &&
    after.versions.length === versions.length &&
    after.versions.every(({ version }, at) => version === versions[at]) &&
    (label === undefined || label === wanted.label);
  return same ? null : "the key is not the one that was approved";
}

/** The objects that an import brings, in the order of their entries. */
function broughtKeys({ items }: ArgsOf<"import.commit">): readonly (Omit<ImportedKey, "type"> & { type: string })[] {
  return items.flatMap((item): (Omit<ImportedKey, "type"> & { type: string })[] => {
    if (item.type !== "private-key") return [item];
    return [
      { ...item, usage: usageOfPart(item.usage, "private-key") },
      { ...item, type: "public-key", usage: usageOfPart(item.usage, "public-key"), extractable: true },
    ];
  });
}

function exportProblem(
  { item, subject, label, after, intros }: Outcome,
  { keys, recipient }: ArgsOf<"export.wrap">,
): string | null {
  if (intros.get(referredHash(recipient.key))?.label !== recipient.label)
    return "the recipient is not the one that was introduced";
  const wanted = keys[item];
  if (wanted?.keyId !== subject || after.kind !== "key") return OTHER;
  return after.group === wanted.group && (label === undefined || label === wanted.label) ? null : OTHER;
}

function groupProblem({ after }: Outcome, { group }: ArgsOf<"key.group">): string | null {
  return after.kind === "key" && after.group === group ? null : "the group is not the one that was approved";
}

/** How far the clock may go on between deciding on a schedule and writing its entry. */
const WRITING_SECONDS = 60;

function scheduleProblem({ hash, before, after, at }: Outcome, args: ArgsOf<"schedule.set">): string | null {
  const { does, everySec, first, unusedSec } = args;
  const id = deriveScheduleId(hash);
  const fresh = schedulesOf(after).find((each) => each.id === id);
  const begins = first ?? fresh?.next ?? 0;
  const inTime = first !== undefined || (begins <= at + everySec && begins >= at + everySec - WRITING_SECONDS);
  const wanted = { id, does, everySec, next: begins, n: 0, ...(unusedSec === undefined ? {} : { unusedSec }) };
  const others = schedulesOf(before).filter((each) => each.does !== does);
  const same = textOf([...others, wanted]) === textOf(schedulesOf(after));
  return inTime && same ? null : "the schedule is not the one that was approved";
}

function clearedProblem({ before, after }: Outcome, { does }: ArgsOf<"schedule.clear">): string | null {
  const others = schedulesOf(before).filter((each) => each.does !== does);
  return textOf(others) === textOf(schedulesOf(after)) ? null : "another schedule was ended than was approved";
}

function schedulesOf(state: State | null): readonly KeySchedule[] {
  return state?.kind === "key" ? (state.schedules ?? []) : [];
}

/** Schedules in one order, so that two lists of the same ones have one text. */
function textOf(schedules: readonly KeySchedule[]): string {
  const sorted = [...schedules].sort((a, b) => (a.does < b.does ? -1 : 1));
  return new TextDecoder().decode(encodeCanonical({ schedules: sorted } as unknown as CanonicalObject));
}

function allowProblem({ after }: Outcome, { algorithms }: ArgsOf<"crypto.allow">): string | null {
  const allowed = after.kind === "domain" ? [...(after.legacy ?? [])] : null;
  const same = allowed?.sort().join() === [...algorithms].sort().join();
  return same ? null : "the algorithms are not those that were approved";
}

function custodiansProblem({ after, intros }: Outcome, args: ArgsOf<"escrow.enrol">): string | null {
  const custodians = args.custodians.map((reference) => {
    const introduction = intros.get(referredHash(reference));
    if (introduction?.object.kind !== "custodian") return null;
    const { seat, routes } = introduction.object;
    return { seat, label: introduction.label, routes };
  });
  const wanted = { k: args.k, recoveryFile: args.recoveryFile, custodians };
  const same =
    after.kind === "domain" &&
    after.escrow !== undefined &&
    documentText({ wanted: after.escrow }) === documentText({ wanted });
  return same ? null : "the custodians are not those that were approved and introduced";
}

function policyProblem({ after }: Outcome, { policy }: ArgsOf<"backup.policy">): string | null {
  const same = after.kind === "domain" && documentText({ policy: after.backup }) === documentText({ policy });
  return same ? null : "the backups' policy is not the one that was approved";
}

function settingProblem({ before, after }: Outcome, args: ArgsOf<"domain.set">): string | null {
  const was = before?.kind === "domain" ? before : undefined;
  const { ackNewKey = was?.ackNewKey ?? "local", share = was?.share ?? "names" } = args;
  const same =
    after.kind === "domain" && (after.ackNewKey ?? "local") === ackNewKey && (after.share ?? "names") === share;
  return same ? null : "the setting is not the one that was approved";
}

function enrolProblem({ label, after, intros }: Outcome, args: ArgsOf<"client.enrol">): string | null {
  if (after.kind !== "client") return OTHER;
  const { auth } = args;
  const introduced = auth.kind === "issued" ? undefined : intros.get(referredHash(auth.key));
  if (auth.kind !== "issued" && after.auth.spki !== introducedIdentity(introduced))
    return "the client's key is not the one that was introduced";
  const isCompany = auth.kind === "company";
  const exact = isCompany && auth.exact === true ? (introducedCertificate(introduced) ?? "none") : undefined;
  if ((after.auth.authority === "company") !== isCompany || after.auth.certificate !== exact)
    return "the client's certificates are of another authority than was approved";
  const sameGrants = documentText({ grants: after.grants }) === documentText({ grants: args.grants });
  const inTime = args.notAfter === undefined || after.dates.notAfter <= args.notAfter;
  return sameGrants && inTime && (label === undefined || label === args.label)
    ? null
    : "the client is not the one that was approved";
}

function permitProblem({ label, after }: Outcome, args: ArgsOf<"client.permit">): string | null {
  if (after.kind !== "client" || after.auth.kind !== "permit") return OTHER;
  const { most, networks, validitySec, renewable, until } = args;
  const wanted = { grants: grantsOfPermit(args), permit: { most, networks, validitySec, renewable } };
  const same = documentText({ grants: after.grants, permit: after.permit }) === documentText(wanted);
  return same && after.dates.notAfter === until && (label === undefined || label === args.label)
    ? null
    : "the enrolment secret lets in other clients than was approved";
}

/** The client that was named, and after a permit those that came by it, where that was approved. */
function revokeProblem({ command, item, subject, after }: Outcome, { issued }: ArgsOf<"client.revoke">): string | null {
  const target = command.target?.kind === "client" ? command.target.client : null;
  if (item === 0) return target === subject ? null : OTHER;
  return issued === true && after.kind === "client" && after.auth.permit === target ? null : OTHER;
}

function updateProblem({ after }: Outcome, { grants }: ArgsOf<"client.update">): string | null {
  const same = after.kind === "client" && documentText({ grants: after.grants }) === documentText({ grants });
  return same ? null : "what the client may do is not what was approved";
}

/** The identity of a client by the key that it gave to the agent; null for anything else. */
function introducedIdentity(introduction: Introduction | undefined): string | null {
  const object = introduction?.object;
  return object?.kind === "client-key" ? encodeBase64url(sha256(decodeBase64url(object.spki))) : null;
}

function introducedCertificate(introduction: Introduction | undefined): string | undefined {
  const object = introduction?.object;
  return object?.kind === "client-key" ? object.certificate : undefined;
}

function labelProblem({ label, alias }: Outcome, args: ArgsOf<"key.label">): string | null {
  if (label !== undefined && label !== args.label) return "the label is not the one that was approved";
  const isOther = args.unalias === true || (args.alias !== undefined && alias !== args.alias);
  return alias !== undefined && isOther ? "the alias is not the one that was approved" : null;
}

function documentText(members: Readonly<Record<string, unknown>>): string {
  return new TextDecoder().decode(encodeCanonical(members as CanonicalObject));
}
