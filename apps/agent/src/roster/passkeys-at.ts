import type { Roster } from "@holdfast/protocol";

/** The passkeys of one page's address: browsers offer them there and nowhere else. */
export function passkeysAt({ admins }: Pick<Roster, "admins">, origin: string): string[] {
  return admins.flatMap(({ creds }) =>
    creds.flatMap((credential) => ("origin" in credential && credential.origin === origin ? [credential.credId] : [])),
  );
}

export function hasPasskeyAt(roster: Pick<Roster, "admins">, origin: string): boolean {
  return passkeysAt(roster, origin).length > 0;
}

/** Every address of the agent's own page that somebody has a passkey of, in the roster's order; a hosted page is none. */
export function addressesIn({ admins }: Pick<Roster, "admins">): string[] {
  const creds = admins.flatMap((one) => one.creds);
  return [...new Set(creds.flatMap((one) => ("origin" in one && one.channel !== "hosted" ? [one.origin] : [])))];
}

/**
 * The hosted page that somebody has a passkey of and that shares the name of an address, or has one above or below it: a list of
 * administrators takes no passkey of such an address. Null where there is none.
 */
export function hostedSharing({ admins }: Pick<Roster, "admins">, address: string): string | null {
  const { hostname } = new URL(address);
  const isBelow = (name: string, other: string) => name === other || name.endsWith(`.${other}`);
  for (const { creds } of admins)
    for (const one of creds)
      if (one.channel === "hosted" && (isBelow(one.rpId, hostname) || isBelow(hostname, one.rpId))) return one.origin;
  return null;
}
