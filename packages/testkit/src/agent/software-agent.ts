import {
  deriveAid,
  docHash,
  encodeBase64url,
  type RosterAgent,
  type SignaturePurpose,
  type Signed,
} from "@holdfast/protocol";
import { logKey, type NoteSigner } from "@holdfast/tlog";
import { publicPoint } from "../keys/deterministic-ecdsa.ts";
import { SoftwareKey } from "../keys/software-key.ts";
import { nextSeed } from "../random/next-seed.ts";
import { seededRandom } from "../random/seeded-random.ts";

/** An agent's keys in memory, signing what an agent signs. */
export class SoftwareAgent {
  readonly label: string;
  /** P-256: receipts, attestations, requests. */
  readonly aik: SoftwareKey;
  /** Ed25519: checkpoints. */
  readonly alk: SoftwareKey;
  /** Uncompressed P-256 point. */
  readonly hpke: Uint8Array<ArrayBuffer>;

  constructor(label = "agent", seed: string = nextSeed("agent")) {
    this.label = label;
    this.aik = SoftwareKey.make("ES256", `aik ${seed}`);
    this.alk = SoftwareKey.make("EdDSA", `alk ${seed}`);
    this.hpke = publicPoint(seededRandom(`hpke ${seed}`)(32));
  }

  get aid(): string {
    return deriveAid(this.aik.cose);
  }

  /** The agent as a roster has it. */
  rosterEntry(): RosterAgent {
    const { aid, aik, alk, hpke, label } = this;
    return { aid, aik: aik.coseText, alk: alk.coseText, hpke: encodeBase64url(hpke), label };
  }

  /** Signs a document as this agent. */
  sign(typ: string, purpose: SignaturePurpose, bytes: Uint8Array): Signed {
    return { doc: encodeBase64url(bytes), sig: this.aik.signRaw(purpose, docHash(typ, bytes)) };
  }

  /** Signs checkpoints of a domain's log. */
  noteSigner(tid: string): NoteSigner {
    return { key: logKey(tid, this.alk.edwardsPoint), sign: (message) => this.alk.sign(message) };
  }
}
