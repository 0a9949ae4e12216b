import type { Command } from "../command/command.ts";
import type { IntroductionKind } from "./introduction.ts";
import { referredHash } from "./introduction-reference.ts";

/** An introduction that a command names, and of what kind it has to be. */
export interface NamedIntroduction {
  readonly hash: string;
  readonly kind: IntroductionKind;
}

/** Every introduction that a command names, in the order of its arguments. An act that takes one says so here. */
export function introductionsOf(command: Command): readonly NamedIntroduction[] {
  switch (command.act) {
    case "client.enrol": {
      const { auth } = command.args;
      return auth.kind === "issued" ? [] : [{ hash: referredHash(auth.key), kind: "client-key" }];
    }
    case "import.commit":
      return [{ hash: referredHash(command.args.sealed), kind: "import" }];
    case "export.wrap":
      return [{ hash: referredHash(command.args.recipient.key), kind: "recipient" }];
    case "escrow.enrol":
      return command.args.custodians.map((reference) => ({ hash: referredHash(reference), kind: "custodian" }));
    default:
      return [];
  }
}
