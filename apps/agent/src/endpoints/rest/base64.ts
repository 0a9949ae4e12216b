import { RestError } from "./errors.ts";

/**
 * Reads standard base64 with padding, in its one form: no white space, no URL alphabet, no bits left over.
 *
 * Node's decoder skips what it does not know; the length tells whether it skipped anything.
 *
 * @param path - Where the text stands, for the refusal.
 * @throws {@link RestError} `E_SCHEMA`
 */
export function decodeBase64(text: string, path: string): Buffer {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = Buffer.from(text, "base64");
  const whole =
    text.length % 4 === 0 &&
    bytes.length === (text.length / 4) * 3 - padding &&
    !text.includes("-") &&
    !text.includes("_") &&
    (padding === 0 || bytes.toString("base64", bytes.length - (3 - padding)) === text.slice(-4));
  if (!whole) throw new RestError("E_SCHEMA", `${path} is not standard base64.`, { path });
  return bytes;
}
