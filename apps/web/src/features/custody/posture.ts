/** What would have to be proved before a page may say "Only you". */
export const MISSING_FACTS: readonly string[] = [
  "Who runs the machine of each key server: declared at most, not attested by hardware.",
  "Where the key-encryption key is held: reported by the key server itself.",
  "Who can read the backups: known to you alone.",
];
