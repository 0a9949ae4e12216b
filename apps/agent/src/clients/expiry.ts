import type { Keystore } from "../keystore/keystore.ts";
import type { ClientRecord } from "../keystore/records.ts";
import type { Authority } from "./authority.ts";
import type { InstalledCertificate } from "./installed-certificate.ts";

const DAY = 86_400;

/** How long before its end a certificate is spoken of, in days; the smaller the more urgent. */
export const EXPIRY_DAYS = [30, 14, 7] as const;

/** A certificate's end and how near it is. */
export interface Expiry {
  readonly notAfter: number;
  /** Whole days that are left; negative when it is over. */
  readonly daysLeft: number;
  /** The smallest of {@link EXPIRY_DAYS} that covers it, 0 when it is over, null when it is further away. */
  readonly within: number | null;
}

/** When what a domain depends on ends. */
export interface Expiries {
  readonly authority: Expiry;
  /** The listeners' certificate from another authority; those of the agent's own are renewed by itself. */
  readonly installed: Expiry | null;
  /** Clients that are not withdrawn, the nearest end first; without those that are meant to end by themselves. */
  readonly clients: readonly (Expiry & { readonly client: ClientRecord })[];
}

export function expiryOf(notAfter: number, now: number): Expiry {
  const daysLeft = Math.floor((notAfter - now) / DAY);
  const within = daysLeft < 0 ? 0 : (EXPIRY_DAYS.findLast((days) => daysLeft < days) ?? null);
  return { notAfter, daysLeft, within };
}

/** @param seen - Ends of certificates that another authority issued, as clients have shown them, by client. */
export function expiriesOf(
  domain: {
    readonly authority: Pick<Authority, "caNotAfter">;
    readonly installed: Pick<InstalledCertificate, "current">;
    readonly keystore: Pick<Keystore, "clients">;
    readonly guard: { time(): number };
  },
  seen: ReadonlyMap<string, number> = new Map(),
): Expiries {
  const now = domain.guard.time();
  const { current } = domain.installed;
  return {
    authority: expiryOf(domain.authority.caNotAfter, now),
    installed: current === null ? null : expiryOf(current.notAfter, now),
    clients: [...domain.keystore.clients()]
      .filter(({ state, locked }) => state === "active" && locked === null)
      .filter(({ auth, limit, notAfter }) => auth.kind === "mtls" && !(auth.permit !== undefined && limit === notAfter))
      .map((client) => ({
        ...expiryOf(Math.min(client.notAfter, seen.get(client.id) ?? client.notAfter), now),
        client,
      }))
      .sort((one, other) => one.notAfter - other.notAfter),
  };
}
