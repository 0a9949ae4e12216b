import {
  type ArgsOf,
  type CanonicalObject,
  type Command,
  deriveClientId,
  deriveKeyId,
  encodeCanonical,
  type State,
} from "@holdfast/protocol";

/** One entry of a command's, with what it left behind. */
export type Outcome = {
  readonly hash: string;
  readonly command: Command;
  /** Place among the command's entries. */
  readonly item: number;
  readonly subject: string;
  readonly label: string | undefined;
  readonly after: State;
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
    case "client.revoke":
      return command.target?.kind === "client" && command.target.client === subject ? null : OTHER;
    case "key.label":
      return isTargetKey(outcome) ? labelProblem(outcome, command.args as ArgsOf<"key.label">) : OTHER;
    case "domain.lock":
    case "domain.unlock":
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
  const wanted = args.items[item];
  if (!wanted || subject !== deriveKeyId(hash, item) || after.kind !== "key") return OTHER;
  const same =
    after.algorithm === wanted.algorithm &&
    after.group === wanted.group &&
    after.extractable === wanted.extractable &&
    after.dates.cryptoperiodSec === wanted.cryptoperiodSec &&
    [...after.usage].sort().join() === [...wanted.usage].sort().join() &&
    after.owner.kind === "domain" &&
    (label === undefined || label === wanted.label);
  return same ? null : "the key is not the one that was approved";
}

function enrolProblem({ label, after }: Outcome, args: ArgsOf<"client.enrol">): string | null {
  if (after.kind !== "client") return OTHER;
  const sameGrants = grantsText(after.grants) === grantsText(args.grants);
  const inTime = args.notAfter === undefined || after.dates.notAfter <= args.notAfter;
  return sameGrants && inTime && (label === undefined || label === args.label)
    ? null
    : "the client is not the one that was approved";
}

function labelProblem({ label }: Outcome, args: ArgsOf<"key.label">): string | null {
  return label === undefined || label === args.label ? null : "the label is not the one that was approved";
}

function grantsText(grants: unknown): string {
  return new TextDecoder().decode(encodeCanonical({ grants } as CanonicalObject));
}
