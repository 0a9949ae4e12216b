import {
  checkReleaseOrder,
  commandHash,
  decodeBase64url,
  describeCommand,
  HoldfastError,
  parseEnvelope,
  parseReleaseOrder,
  wordsOf,
} from "@holdfast/protocol";
import type { Draft } from "../../browser/propose/draft-commands.ts";
import type { Problem } from "../../components/problem.tsx";

/** What a new key server asks for, as this browser checked it. */
export interface ReadRelease {
  readonly draft: Draft;
  /** When the backup was made. */
  readonly made: number;
  /** How many keys are in it. */
  readonly keys: number;
  /** How many of the custodians have to give their shares. */
  readonly need: number;
  readonly custodians: readonly string[];
  /** The new key server's own fresh point, to which alone shares are sealed. */
  readonly recipient: string;
  readonly exp: number;
}

/** An order that can be proposed here, or why not. */
export type ReleaseReading =
  | { readonly release: ReadRelease; readonly problem?: undefined }
  | { readonly release?: undefined; readonly problem: Problem };

/** What of the environment an order has to fit, verified by this browser. */
interface Here {
  readonly tid: string;
  readonly seq: number;
  readonly hash: string;
}

const BEGIN_AGAIN = "Begin anew on the new machine: `holdfast-agent escrow release`, with --order for another file.";

const PROBLEMS: Readonly<Record<string, Omit<Problem, "code">>> = {
  E_SCHEMA: {
    what: "This is not the file that a new key server writes for a release.",
    next: "Choose the one that `holdfast-agent escrow release … --order FILE` wrote there.",
  },
  E_TENANT: {
    what: "It is not of this environment, or its parts are not of one backup.",
    keys: "Nothing was proposed.",
    next: "Propose nothing, and ask by voice who sent it.",
  },
  E_EXPIRED: { what: "The release's time is over, or has not come.", next: BEGIN_AGAIN },
  E_ROSTER_STALE: {
    what: "The backup was made under other administrators and rules than today's.",
    keys: "Your key server would refuse the request.",
    next: "Approve at the new key server's own page, as its console says, or take a newer backup.",
  },
  E_ARGS: {
    what: "It asks for something else than to release this backup, or was rejected already.",
    next: BEGIN_AGAIN,
  },
};
const DAMAGED = {
  what: "It does not hold: a signature, the chain of administrators or an approval in it is not right.",
  keys: "Nothing was proposed.",
  next: "Ask by voice who sent it. If it is your own, take another copy of the backup.",
};

/**
 * Reads the file that a new key server wrote with `escrow release --order`, and checks all of it: the backup's signature, its chain
 * of administrators from the genesis, and the request itself. Of it only the request leaves this browser.
 *
 * @param now - Unix seconds.
 */
export async function readRelease(text: string, { tid, seq, hash }: Here, now: number): Promise<ReleaseReading> {
  try {
    const order = parseReleaseOrder(JSON.parse(text));
    const { tid: found, command, manifest, releaseCmd } = await checkReleaseOrder(order, now);
    if (found !== tid) return refused("E_TENANT");
    if (command.roster.seq !== seq || command.roster.hash !== hash) return refused("E_ROSTER_STALE");
    const { doc } = parseEnvelope(decodeBase64url(order.envelope));
    const draft = {
      ...{ doc, hash: commandHash(decodeBase64url(doc)), words: wordsOf(releaseCmd), plain: describeCommand(command) },
      ...{ reason: command.reason, json: JSON.stringify(command, null, 2) },
    };
    const { k, custodians } = manifest.escrow;
    return {
      release: {
        ...{ draft, made: manifest.made, keys: manifest.keys, need: k, exp: command.exp },
        custodians: custodians.map(({ label }) => label),
        recipient: command.args.recipient,
      },
    };
  } catch (error) {
    if (error instanceof SyntaxError) return refused("E_SCHEMA");
    if (error instanceof HoldfastError) return refused(error.code);
    throw error;
  }
}

function refused(code: string): ReleaseReading {
  return { problem: { ...(PROBLEMS[code] ?? DAMAGED), code } };
}
