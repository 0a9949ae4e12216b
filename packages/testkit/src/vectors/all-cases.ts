import { approvalCases } from "./cases/approval-cases.ts";
import { assertionCases } from "./cases/assertion-cases.ts";
import { canonicalCases } from "./cases/canonical-cases.ts";
import { commandCases, envelopeCases } from "./cases/command-cases.ts";
import { escrowCases } from "./cases/escrow-cases.ts";
import { genesisCases } from "./cases/genesis-cases.ts";
import { hostedCases } from "./cases/hosted-cases.ts";
import { idCases, wordCases } from "./cases/id-cases.ts";
import { introductionCases } from "./cases/introduction-cases.ts";
import { joinCases } from "./cases/join-cases.ts";
import { lifecycleCases } from "./cases/lifecycle-cases.ts";
import { attestCases, leafCases, receiptCases } from "./cases/log-document-cases.ts";
import { makerCases } from "./cases/maker-cases.ts";
import { recoveryCases } from "./cases/recovery-cases.ts";
import { registrationCases } from "./cases/registration-cases.ts";
import { rosterLinkCases } from "./cases/roster-link-cases.ts";
import { checkpointCases, merkleCases, noteCases, witnessCases } from "./cases/tlog-cases.ts";
import { transferCases } from "./cases/transfer-cases.ts";
import { isProtocolCheck, runProtocolVector } from "./run-protocol-vector.ts";
import { runTlogVector } from "./run-tlog-vector.ts";
import type { Case, Vector } from "./vector.ts";

/** The cases of every file of `vectors/`, made anew; the same every time. */
export async function allCases(): Promise<Readonly<Record<string, readonly Case[]>>> {
  return {
    "canonical-bytes": canonicalCases(),
    ids: idCases(),
    words: wordCases(),
    lifecycle: lifecycleCases(),
    roster: [...genesisCases(), ...rosterLinkCases(), ...recoveryCases()],
    command: [...commandCases(), ...envelopeCases()],
    introduction: introductionCases(),
    assertion: assertionCases(),
    registration: registrationCases(),
    maker: makerCases(),
    join: joinCases(),
    hosted: hostedCases(),
    approval: approvalCases(),
    receipt: [...receiptCases(), ...attestCases()],
    leaf: leafCases(),
    transfer: transferCases(),
    escrow: escrowCases(),
    note: noteCases(),
    checkpoint: checkpointCases(),
    merkle: merkleCases(),
    witness: await witnessCases(),
  };
}

/** A case run now: its output if it was accepted, or the code by which it was refused. */
async function runCase(given: Pick<Case, "check" | "input">): Promise<Pick<Vector, "expect" | "output">> {
  try {
    const output = await (isProtocolCheck(given.check) ? runProtocolVector(given) : runTlogVector(given));
    return output === undefined ? { expect: "ok" } : { expect: "ok", output };
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    if (typeof code !== "string") throw error;
    return { expect: code };
  }
}

/** A case as it stands in `vectors/`. */
export async function toVector(given: Case): Promise<Vector> {
  const { expect, output } = await runCase(given);
  if (expect !== given.expect) {
    throw new RangeError(`${given.check} "${given.name}" is ${expect}, and was meant to be ${given.expect}`);
  }
  const { name, near, check, input, why } = given;
  return {
    name,
    expect,
    ...(near === undefined ? {} : { near }),
    check,
    input,
    ...(output === undefined ? {} : { output }),
    why,
  };
}
