import type { Command } from "@holdfast/protocol";
import { AdmissionError } from "../errors.ts";

/** Step 12: what this host refuses whoever approves it. @throws {@link AdmissionError} `E_LOCAL_DENY` */
export function checkHost({ act }: Pick<Command, "act">, deniedActs: ReadonlySet<string>): void {
  if (deniedActs.has(act)) throw new AdmissionError("E_LOCAL_DENY", undefined, { act });
}
