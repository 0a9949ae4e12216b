const ALIAS_OR_ID = /^(?:alias\/|k_[a-z2-7]{26}$)/;

/**
 * Whether a text would be read as a key's alias or id where a key is named, so that no key may have it as its name: it begins
 * with `alias/`, or has the form of a key's id. Spaces at its ends do not count.
 *
 * Documents of before, in which such names stand, are read as ever: a key server asks this of new names.
 *
 * @see docs/spec/command.md section 2
 */
export function posesAsKey(text: string): boolean {
  return ALIAS_OR_ID.test(text.normalize("NFC").trim());
}
