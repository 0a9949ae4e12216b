const NOUNS: Readonly<Record<string, string>> = {
  "key.activate": "Activation",
  "key.rotate": "Rotation",
  "key.suspend": "Suspension",
  "key.resume": "Resuming it",
  "key.deactivate": "Retiring it",
  "key.compromise": "Marking it as exposed",
  "key.destroy": "Destruction",
  "key.label": "A new name or alias",
  "key.group": "A move to another group",
  "schedule.set": "A schedule",
  "schedule.clear": "The end of a schedule",
  "client.permit": "An enrolment secret",
  "client.update": "A change of what a client may do",
  "client.revoke": "Withdrawal",
  "backup.policy": "A change of automatic backups",
  "backup.create": "A backup",
  "escrow.enrol": "A change of custodians",
  "escrow.release": "A release of a backup",
  "escrow.drill": "A drill with custodians",
  "domain.set": "A setting",
  "domain.lock": "Locking the environment",
  "domain.unlock": "Unlocking the environment",
};

/** What waits, as the beginning of a sentence: `Rotation` waits for approval. */
export function nounOf(act: string): string {
  return NOUNS[act] ?? "A request";
}
