import type { Command } from "@holdfast/protocol";
import type { ActInput } from "./act.ts";
import type { EntryEffect } from "./effect.ts";

/** import.begin: the entry names the offer, so that whoever sealed to it can show later that it was this agent's. */
export function importBegin({ command, hash, prepared }: ActInput): EntryEffect[] {
  const { form, most } = (command as Command<"import.begin">).args;
  const made = prepared?.act === "import.begin" ? { offer: prepared.offer, exp: prepared.exp } : {};
  return [{ on: "entry", subject: hash, data: { form, most, ...made } }];
}
