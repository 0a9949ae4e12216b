/** A secret of a person or machine, in the words of somebody who has to keep it. */
export interface SecretFacts {
  readonly name: string;
  /** When one is asked for it. */
  readonly asked: string;
  readonly can: string;
  readonly lost: string;
  readonly stolen: string;
  readonly keep: string;
}

export const SECRETS: readonly SecretFacts[] = [
  {
    name: "Sign-in passkey",
    asked: "when you open this dashboard",
    can: "Opens the dashboard: see metadata, propose changes, ask for reports. It approves nothing and opens no data.",
    lost: "Sign in with your second one. Without any, nobody can let you in again; keys go on, and are ruled at your key server.",
    stolen: "Somebody sees your metadata and can propose; nothing happens without your approval passkey.",
    keep: "On your device or in your password manager, and a second one on another device.",
  },
  {
    name: "Approval passkey",
    asked: "on your key server's own page",
    can: "Approves what happens to keys: create, rotate, retire, destroy, add a client.",
    lost: "Another one or other administrators replace it; otherwise the replacement key, after 72 hours. Your key server's page leads through it.",
    stolen:
      "Together with your PIN or finger it orders as you. Lock the environment on the key server's machine at once.",
    keep: "On a device or security key that is yours alone. It belongs to your key server's address, not to ours.",
  },
  {
    name: "Replacement key",
    asked: "only when approval passkeys are lost",
    can: "Replaces lost approval passkeys after 72 hours, announced to everybody. It opens no data and is no backup.",
    lost: "Nothing today, but then nothing replaces lost approval passkeys. Practise once a year at your key server's page.",
    stolen:
      "Others could replace your passkeys, at the key server's own machine, announced for 72 hours. You can object once, unless every replacement key signed.",
    keep: "On paper or in a safe, offline, apart from your passkeys.",
  },
  {
    name: "Unseal secret",
    asked: "when your key server starts",
    can: "Brings the root key into the key server's memory: a key-encryption key in a file, or a passphrase.",
    lost: "After a restart nothing opens, for ever, unless you restore a backup. Use goes on until then.",
    stolen: "With a copy of the key server's data folder it opens every key. Keep the two apart.",
    keep: "File: outside the data folder and its backups. Passphrase: with the people who may start the key server.",
  },
  {
    name: "Backup passphrase",
    asked: "when you restore a backup",
    can: "Opens the recovery file, and with it every backup that was made while nobody held shares, or where you left it as a second way.",
    lost: "Backups made with it open for nobody. Make a new one while the key server runs.",
    stolen: "With a backup and the recovery file it opens every key.",
    keep: "Move the recovery file off the key server now, and keep its passphrase apart from it.",
  },
  {
    name: "Custodian's share",
    asked: "in a drill, and on the day a key server is lost",
    can: "Opens nothing alone: as many together as were agreed open a backup. Each has a key file, and a passkey as a second way.",
    lost: "The others suffice while enough are left. Then choose custodians anew, and back up.",
    stolen: "Nothing yet: it takes as many as were agreed, and a backup. Choose custodians anew.",
    keep: "Key file and its passphrase apart from each other, the 24 words in a safe; no two custodians in one place.",
  },
];
