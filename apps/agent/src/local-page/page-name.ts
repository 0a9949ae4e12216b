import { domainToASCII, domainToUnicode } from "node:url";

const LONGEST_NAME = 253;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Under two-letter endings, names that registries keep for everybody: nobody's company is called so. */
const SHARED = /^(?:ac|co|com|edu|go|gob|gov|gouv|mil|ne|net|or|org|sch)\.[a-z]{2}$/;
/** Endings that no name system answers for. */
const NOWHERE = new Set(["invalid", "localhost", "onion"]);

/**
 * A name as browsers spell it: lower case, other scripts in Punycode. What is no name comes back as it is, and is refused by
 * {@link pageNameFault}.
 */
export function pageName(given: string): string {
  // Read as a host, what follows one of these would be dropped without a word.
  if (/[\s/\\?#@:]/.test(given)) return given.toLowerCase();
  return domainToASCII(given) || given.toLowerCase();
}

/**
 * Why no page can be called so; null where nothing speaks against it. There is no list of public suffixes here: it would be old by the
 * time it matters, and who cannot have a certificate for a name serves no page there.
 *
 * @see RFC 1035 section 2.3.4, RFC 5890 section 2.3.2.1
 */
export function pageNameFault(name: string): string | null {
  const labels = name.split(".");
  if (labels.length < 2) return "it has one label; passkeys need a whole name, such as keys.example.com";
  if (name.length > LONGEST_NAME) return `it has more than ${LONGEST_NAME} characters`;
  for (const label of labels) {
    if (label.length > 63) return "one of its labels has more than 63 characters";
    if (!LABEL.test(label)) return "its labels are of letters, digits and hyphens, with no hyphen at either end";
    if (label.slice(2, 4) === "--" && !isPunycode(label)) return `${label} is no Punycode that browsers read`;
  }
  const last = labels.at(-1) ?? "";
  if (/^[0-9]+$/.test(last)) return "passkeys belong to names, never to IP addresses";
  if (NOWHERE.has(last)) return `nobody finds a name that ends in .${last}`;
  return SHARED.test(name) ? "it is a registry's, under which everybody has names" : null;
}

function isPunycode(label: string): boolean {
  const read = domainToUnicode(label);
  return read !== label && domainToASCII(read) === label;
}
