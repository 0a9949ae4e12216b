import type { Command } from "@holdfast/protocol";
import { AdmissionError } from "../errors.ts";

/** Step 4: the command is for this domain. @throws {@link AdmissionError} `E_TENANT` */
export function checkTenant(command: Command, tid: string): void {
  if (command.tid !== tid) throw new AdmissionError("E_TENANT");
}
