const WORDS: Readonly<Record<string, string>> = {
  "key.create": "Key made",
  "key.register": "Key registered",
  "key.activate": "Key activated",
  "key.attributes": "Key's attributes changed",
  "limit.given": "Part of a key's usage limit given out to use",
  "limit.back": "Part of a key's usage limit taken back unused",
  "key.group": "Key moved to another group",
  "crypto.allow": "Allowed old algorithms set",
  "import.begin": "Import begun",
  "import.commit": "Key imported",
  "export.wrap": "Key exported, wrapped for a recipient",
  "key.rotate": "Key rotated",
  "key.suspend": "Key suspended",
  "key.resume": "Key resumed",
  "key.deactivate": "Key deactivated",
  "key.compromise": "Key marked compromised",
  "key.destroy": "Key destroyed",
  "key.label": "Key renamed, or its alias changed",
  "schedule.set": "Schedule set",
  "schedule.clear": "Schedule ended",
  "schedule.run": "Schedule: rotation is due",
  "client.enrol": "Client enrolled",
  "client.permit": "Enrolment secret made",
  "client.renew": "Client renewed its certificate",
  "client.update": "Client allowed other things",
  "client.revoke": "Client withdrawn",
  "escrow.enrol": "Custodians of backups set",
  "escrow.release": "Backup released to a new key server",
  "escrow.drill": "Drill with custodians begun",
  drill: "Custodian proved their share of a backup",
  "backup.policy": "Automatic backups set",
  "backup.create": "Backup ordered",
  "domain.set": "Settings changed",
  "domain.lock": "Changes locked",
  "domain.unlock": "Changes unlocked",
  "log.acceptLoss": "Lost log entries given up",
  "restore.accept": "Restored state accepted",
  "clock.accept": "Clock taken as right",
  "command.scheduled": "Scheduled",
  "command.cancelled": "Cancelled",
  "command.expired": "Expired unapproved",
  "command.refused": "Refused when due",
  genesis: "Environment founded",
  roster: "Administrators or rules changed",
  "roster.learnt": "Change of administrators or rules of before, learnt after a restore",
  "roster.scheduled": "Change of administrators or rules approved; its delay began",
  "roster.signed": "A further replacement key signed the recovery that waits",
  "roster.cancelled": "Change of administrators or rules cancelled",
  "roster.refused": "Change of administrators or rules refused",
  loss: "Loss of entries accepted",
  "agent.start": "Key server started",
  "agent.unseal": "Key server unsealed",
  "agent.seal": "Key server sealed",
  "agent.link": "Linked to a control plane",
  "agent.rekey": "Way of unsealing changed at the key server",
  "root.send": "Root key sent to another key server",
  "kek.create": "Key-encryption key made",
  "kek.retire": "Key-encryption key destroyed",
  clock: "Clock stepped",
  backup: "Backup written",
  "backup.failed": "Backup failed",
  restore: "Restored from a backup",
  report: "Report made",
  attest: "Attestation made",
};

/** What an entry's kind is called in a report. */
function actWords(kind: string): string {
  return WORDS[kind] ?? kind;
}

/** What an event is called: a lock among them was made at the host, not decided by administrators. */
export function eventWords(kind: string): string {
  return kind === "domain.lock" ? "Changes locked at the key server's own host" : actWords(kind);
}

/** What became of a command: its act, and the outcome where it was not carried out. */
export function changeWords(kind: string, act: string | null): string {
  if (!kind.startsWith("command.")) return actWords(kind);
  return act === null ? actWords(kind) : `${actWords(kind)}: ${actWords(act).toLowerCase()}`;
}

const RULES: Readonly<Record<string, string>> = {
  "*": "Every act not named",
  "roster.update": "Change administrators or rules",
  "key.create": "Make a key",
  "key.register": "Register a key",
  "key.activate": "Activate a key",
  "key.group": "Move a key to another group",
  "crypto.allow": "Allow old algorithms",
  "key.rotate": "Rotate a key",
  "key.label": "Rename a key, or change its alias",
  "key.suspend": "Suspend a key",
  "key.resume": "Resume a key",
  "key.deactivate": "Retire a key",
  "key.compromise": "Mark a key compromised",
  "key.destroy": "Destroy a key",
  "client.enrol": "Enrol a client",
  "client.permit": "Make an enrolment secret",
  "client.revoke": "Withdraw a client",
  "schedule.set": "Set a schedule",
  "schedule.clear": "End a schedule",
  "import.begin": "Begin an import of keys",
  "import.commit": "Take in imported keys",
  "export.wrap": "Export wrapped keys",
  "escrow.enrol": "Set custodians of backups",
  "escrow.release": "Release a backup to a new key server",
  "escrow.drill": "Begin a drill with custodians",
  "backup.policy": "Set automatic backups",
  "backup.create": "Order a backup",
  "domain.set": "Change settings",
  "domain.lock": "Lock changes",
  "domain.unlock": "Unlock changes",
  "log.acceptLoss": "Give up lost log entries",
  "restore.accept": "Accept a restored state",
  "clock.accept": "Take a clock as right",
};

/** What a rule of the roster is about. */
export function ruleWords(act: string): string {
  return RULES[act] ?? act;
}
