import {
  type Administrator,
  type Credential,
  deriveAdministratorId,
  deriveInviteId,
  type LocalCredential,
  type Possession,
} from "@holdfast/protocol";
import { SoftwareKey } from "../keys/software-key.ts";
import { type AssertionKnobs, type PasskeyOptions, SoftwarePasskey } from "../passkey/software-passkey.ts";
import { nextSeed } from "../random/next-seed.ts";
import { seededRandom } from "../random/seeded-random.ts";

/** Who an administrator is. */
export interface AdministratorOptions extends Omit<PasskeyOptions, "seed"> {
  readonly label?: string;
  readonly groups?: readonly string[];
  /** How many passkeys; 1 by default, 0 for a local administrator. */
  readonly passkeys?: number;
  readonly seed?: string;
  /** The administrator that this person is already; another by default. */
  readonly adm?: string;
}

/** A person with passkeys, or a local administrator with a raw key. */
export class SoftwareAdministrator {
  readonly adm: string;
  /** The invitation under which the passkeys were registered. */
  readonly inviteId: string;
  readonly label: string;
  readonly groups: readonly string[];
  readonly passkeys: readonly SoftwarePasskey[];
  /** A local administrator's key; null for people with passkeys. */
  readonly localKey: SoftwareKey | null;

  constructor(options: AdministratorOptions = {}) {
    const { label = "Ada", groups = [], passkeys = 1, seed = nextSeed("administrator"), adm, ...kind } = options;
    const random = seededRandom(`administrator ${seed}`);
    const drawn = deriveAdministratorId(random(16));
    this.adm = adm ?? drawn;
    this.inviteId = deriveInviteId(random(16));
    this.label = label;
    this.groups = groups;
    this.passkeys = Array.from(
      { length: passkeys },
      (_, index) => new SoftwarePasskey({ ...kind, seed: `${seed} ${index}` }),
    );
    this.localKey = passkeys === 0 ? SoftwareKey.make("EdDSA", `local ${seed}`) : null;
  }

  /** A local administrator. */
  static local(seed?: string): SoftwareAdministrator {
    return new SoftwareAdministrator({ label: "local administrator", passkeys: 0, ...(seed ? { seed } : {}) });
  }

  /** The same person with a fresh passkey, registered under an invitation of its own. */
  anew(seed: string): SoftwareAdministrator {
    const { adm, label, groups } = this;
    return new SoftwareAdministrator({ adm, label, groups, seed, channel: this.passkey.channel });
  }

  /** The first passkey. */
  get passkey(): SoftwarePasskey {
    const [first] = this.passkeys;
    if (first === undefined) throw new TypeError("a local administrator has no passkey");
    return first;
  }

  get credentials(): readonly Credential[] {
    const { localKey } = this;
    if (localKey === null) return this.passkeys.map((passkey) => passkey.credential());
    const local: LocalCredential = {
      credId: localKey.rawCredId,
      cose: localKey.coseText,
      alg: "EdDSA",
      channel: "local",
    };
    return [local];
  }

  /** The administrator as a roster has them. */
  rosterEntry(): Administrator {
    return { adm: this.adm, label: this.label, groups: this.groups, creds: this.credentials };
  }

  /** Proofs of possession of all credentials, for the link whose docHash is `hash`. */
  possess(aid: string, hash: string, knobs: AssertionKnobs = {}): Possession[] {
    const { adm, inviteId, localKey } = this;
    if (localKey !== null) return [{ credId: localKey.rawCredId, sig: localKey.signRaw("local", hash) }];
    return this.passkeys.map((passkey) => passkey.possess({ aid, inviteId, adm }, knobs));
  }
}
