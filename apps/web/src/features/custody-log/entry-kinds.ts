/** What happened, in words, by the kind of an entry. */
const KINDS: Readonly<Record<string, string>> = {
  genesis: "environment born",
  roster: "administrators changed",
  "key.create": "key created",
  "key.register": "key registered",
  "key.rotate": "key rotated",
  "key.suspend": "key suspended",
  "key.resume": "key resumed",
  "key.activate": "key activated",
  "key.deactivate": "key retired",
  "key.compromise": "key marked as exposed",
  "key.destroy": "key destroyed",
  "key.label": "key renamed",
  "key.group": "key moved to another group",
  "key.attributes": "dates or attributes of a key changed",
  "client.enrol": "client added",
  "client.renew": "client certificate renewed",
  "client.revoke": "client withdrawn",
  "crypto.allow": "old algorithms allowed",
  "escrow.enrol": "custodians of backups set",
  "escrow.release": "backup released to a new key server",
  "escrow.drill": "drill with custodians begun",
  drill: "custodian proved their share",
  "domain.lock": "environment locked",
  "domain.unlock": "environment unlocked",
  "restore.accept": "restored state accepted",
  "command.refused": "request refused",
  "command.scheduled": "request waits its delay",
  "command.cancelled": "request rejected",
  "command.expired": "request ran out",
  use: "used",
  release: "key handed out",
  "agent.start": "key server started",
  "agent.unseal": "key server unsealed",
  "agent.seal": "key server sealed",
  "agent.link": "key server connected",
  "agent.rekey": "way of unsealing changed",
  "kek.create": "key-encryption key made",
  "kek.retire": "key-encryption key destroyed",
  clock: "clock stepped",
  backup: "backup made",
  restore: "restored from backup",
  loss: "loss accepted",
  report: "report made",
  attest: "key server described itself",
};

export const ENTRY_KINDS = Object.keys(KINDS);

/** A kind in words; one this page does not know as it is written. */
export function kindText(kind: string): string {
  return KINDS[kind] ?? kind;
}
