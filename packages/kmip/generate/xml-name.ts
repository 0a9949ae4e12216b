/**
 * The name that the XML and JSON encodings give to a title of the specification: "Re-key" is `ReKey`, "X.509" is
 * `X_509`, "3DES" is `DES3`.
 *
 * @see KMIP Additional Message Encodings 1.0, "Normalizing Names"
 */
export function xmlName(title: string): string {
  const words = title
    .replace(/[()]/g, " ")
    .replace(/[^\w\s](?=[A-Za-z][a-z])/g, " ")
    .replace(/[^\w\s]/g, "_")
    .trim()
    .split(/\s+/);
  const [first = "", ...rest] = words;
  const [, digits = "", letters = ""] = /^(\d*)(.*)$/.exec(first) ?? [];
  return [letters + digits, ...rest].map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
