import type { AllowedMakers, RegistrationResponse, RosterLink } from "@holdfast/protocol";
import type { Unsealed } from "../custody/custody.ts";
import type { AgentIdentity } from "../custody/custody-record.ts";
import type { Logger } from "../logger.ts";
import type { Clock } from "../self-check/clock.ts";

/** Where and for whom the first administrator is registered: from the agent's configuration, never from a request. */
export interface RegistrationParts {
  readonly identity: AgentIdentity;
  readonly name: string;
  /** The page's own origin; null when the agent serves no page. */
  readonly pageOrigin: string | null;
  /** Which makers of passkeys this domain takes; null for any. */
  readonly makers: AllowedMakers | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** @throws CustodyError `E_SEALED` */
  readonly keys: () => Unsealed;
  readonly founded: () => boolean;
  /** Founds the domain; resolves with its tid once it serves. */
  readonly found: (link: RosterLink) => Promise<string>;
  readonly countRefusal: (code: string) => void;
}

/** What the page gets in exchange for the claim. */
export interface ClaimOpened {
  /** 256-bit secret that every later call of this registration carries. */
  readonly registration: string;
  readonly inviteId: string;
  readonly aid: string;
  readonly adm: string;
  readonly rpId: string;
  readonly rpName: string;
  readonly origin: string;
  readonly challenge: string;
  /** Whether the passkey's maker has to vouch for it. */
  readonly attestation: "none" | "direct";
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
}

/** What the page sends once passkey and replacement key exist. All hostile. */
export interface RegistrationSubmission {
  readonly label: string;
  readonly attestation: RegistrationResponse;
  readonly possession: {
    readonly credId: string;
    readonly clientDataJSON: string;
    readonly authData: string;
    readonly sig: string;
  };
  readonly recovery: { readonly cose: string; readonly sig: string };
}
