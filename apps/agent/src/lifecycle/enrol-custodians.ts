import { type ArgsOf, type Custodian, referredHash } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/**
 * escrow.enrol: who holds shares of every backup from now on, and how many of them open one.
 *
 * @throws {@link AdmissionError} `E_ARGS` when more are needed than there are, or one is there twice; `E_INTRO`
 */
export function enrolCustodians({ command, keystore, introduced }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  const { k, recoveryFile, custodians: references } = command.args as ArgsOf<"escrow.enrol">;
  const custodians = references.map((reference): Custodian => {
    const introduction = introduced.get(referredHash(reference));
    if (introduction?.object.kind !== "custodian") throw new AdmissionError("E_INTRO");
    const { seat, routes } = introduction.object;
    return { seat, label: introduction.label, routes };
  });
  if (k > custodians.length)
    throw new AdmissionError("E_ARGS", "More shares would be needed than there are custodians.");
  const points = custodians.flatMap(({ routes }) => routes.map(({ hpke }) => hpke));
  if (new Set(custodians.map(({ seat }) => seat)).size !== custodians.length || new Set(points).size !== points.length)
    throw new AdmissionError("E_ARGS", "One custodian is named twice: each share has to be another person's.");
  return [{ on: "domain", before, after: { ...before, escrow: { k, recoveryFile, custodians } } }];
}
