import { isPlainText } from "@holdfast/protocol";

/** Longest name of an administrator, as the key server takes it. */
const MOST = 64;

/** A name as it is registered: without spaces around it, composed. */
export function asName(typed: string): string {
  return typed.trim().normalize("NFC");
}

/** What is wrong with an administrator's name, by the rule that the key server has; null where nothing is. */
export function nameProblem(name: string): string | null {
  if (name === "") return "Please type your name: colleagues and the custody log see who approved.";
  if (name.length > MOST) return `The name is too long: at most ${MOST} characters.`;
  return isPlainText(name)
    ? null
    : "The name holds a character that cannot be seen. Please type it instead of pasting.";
}
