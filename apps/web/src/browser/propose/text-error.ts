import { isPlainText } from "@holdfast/protocol";

/**
 * What is wrong with a text that a person wrote and that is to be signed, in words; null where it is right.
 *
 * A signed text holds nothing that a reader cannot see: such characters come along when a name is pasted.
 */
export function textError(text: string, longest: number): string | null {
  const normal = text.trim().normalize("NFC");
  if (!isPlainText(normal)) {
    return "There is a character in it that nobody can see, such as a tab or a zero-width space. Type it anew instead of pasting it.";
  }
  return normal.length > longest ? `At most ${longest} characters.` : null;
}
