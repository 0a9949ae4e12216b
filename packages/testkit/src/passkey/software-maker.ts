import { encodeBase64url } from "@holdfast/protocol";
import { der, derObjectId, derTime } from "../keys/der.ts";
import { publicPoint } from "../keys/deterministic-ecdsa.ts";
import { SoftwareKey } from "../keys/software-key.ts";
import { nextSeed } from "../random/next-seed.ts";
import { seededRandom } from "../random/seeded-random.ts";
import { type Statement, type StatementMembers, statementOf } from "./attestation-object.ts";

/** Every lie that a maker's certificate or statement could tell. Without any, all is honest. */
export interface MakerKnobs {
  readonly aaguid?: Uint8Array<ArrayBuffer>;
  /** The subject: country, organisation, unit, name; `null` leaves it empty, as a TPM's is. */
  readonly subject?: Readonly<Record<"C" | "O" | "OU" | "CN", string>> | null;
  /** What the leaf says of being an authority; `absent` says nothing. */
  readonly authority?: boolean | "absent";
  /** The model in the leaf; null for none. */
  readonly model?: Uint8Array | null;
  readonly modelCritical?: boolean;
  /** Further extensions of the leaf, as DER. */
  readonly extensions?: readonly (readonly number[])[];
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** How many certificates below it the authority between may issue; null for no such authority between. */
  readonly depth?: number | null;
  /** Another key issues the leaf. */
  readonly issuedBy?: SoftwareKey;
  /** Another key signs statements. */
  readonly signer?: SoftwareKey;
  readonly alg?: number;
  /** Changes the statement's members. */
  readonly statement?: (members: StatementMembers) => StatementMembers;
}

const SUBJECT = { C: "EE", O: "Kelp Keys", OU: "Authenticator Attestation", CN: "Kelp One" } as const;
const NAMES = { C: "2.5.4.6", O: "2.5.4.10", OU: "2.5.4.11", CN: "2.5.4.3" } as const;
const TRUE = [0x01, 0x01, 0xff];
const YEAR = 365 * 86_400;
const BEGAN = 1_600_000_000;

/** Somebody who makes authenticators: a root, an authority below it, and a key that vouches for what a device made. */
export class SoftwareMaker {
  readonly aaguid: Uint8Array<ArrayBuffer>;
  /** DER. */
  readonly root: Uint8Array<ArrayBuffer>;
  readonly key: SoftwareKey;
  readonly chain: readonly Uint8Array<ArrayBuffer>[];
  protected readonly knobs: MakerKnobs;

  constructor(seed: string = nextSeed("maker"), knobs: MakerKnobs = {}) {
    const [rootKey, middleKey, key] = ["root", "middle", "leaf"].map((which) =>
      SoftwareKey.make("ES256", `maker ${which} ${seed}`),
    ) as [SoftwareKey, SoftwareKey, SoftwareKey];
    const { depth = 0, notBefore = BEGAN, notAfter = BEGAN + 20 * YEAR } = knobs;
    this.knobs = knobs;
    this.key = key;
    this.aaguid = knobs.aaguid ?? seededRandom(`maker ${seed}`)(16);
    const life = { notBefore: BEGAN, notAfter: BEGAN + 25 * YEAR };
    const [root, middle] = [`${seed} root`, `${seed} issuing`].map((CN) => name({ CN })) as [number[], number[]];
    this.root = certificate({ subject: root, issuer: root, key: rootKey, by: rootKey, ...life }, [authority(true)]);
    const issuing = { subject: middle, issuer: root, key: middleKey, by: rootKey, ...life };
    const leaf = {
      subject: knobs.subject === null ? der(0x30) : name(knobs.subject ?? SUBJECT),
      ...(depth === null ? { issuer: root, by: rootKey } : { issuer: middle, by: middleKey }),
      ...(knobs.issuedBy ? { by: knobs.issuedBy } : {}),
      ...{ key, notBefore, notAfter },
    };
    const own = certificate(leaf, this.#extensions());
    this.chain = depth === null ? [own] : [own, certificate(issuing, [authority(true, depth)])];
  }

  /** As a roster names it: this root, and this model. */
  get allowed() {
    return { aaguidAllow: [encodeBase64url(this.aaguid)], roots: [encodeBase64url(this.root)] };
  }

  /** Its statement over a registration. */
  attest(signed: Uint8Array, _passkey: SoftwareKey): Statement {
    const { alg = -7, statement } = this.knobs;
    const members = { alg, sig: this.sign(signed), x5c: this.chain };
    return statementOf("packed", statement?.(members) ?? members);
  }

  protected sign(message: Uint8Array): Uint8Array {
    return (this.knobs.signer ?? this.key).sign(message, "der");
  }

  #extensions(): number[][] {
    const { authority: is = false, model = this.aaguid, modelCritical = false, extensions = [] } = this.knobs;
    return [
      ...(is === "absent" ? [] : [authority(is)]),
      ...(model === null ? [] : [extension("1.3.6.1.4.1.45724.1.1.4", der(0x04, model), modelCritical)]),
      ...extensions.map((each) => [...each]),
    ];
  }
}

/** An extension of a certificate, DER. */
export function extension(id: string, value: readonly number[], critical = false): number[] {
  return der(0x30, derObjectId(id), critical ? TRUE : [], der(0x04, value));
}

function authority(is: boolean, depth?: number): number[] {
  const constraints = der(0x30, is ? TRUE : [], depth === undefined ? [] : der(0x02, [depth]));
  return extension("2.5.29.19", constraints, true);
}

function name(parts: Partial<Record<keyof typeof NAMES, string>>): number[] {
  const attribute = ([kind, value]: [string, string]) =>
    der(0x31, der(0x30, derObjectId(NAMES[kind as "C"]), der(0x0c, [...Buffer.from(value, "utf8")])));
  return der(0x30, ...Object.entries(parts).map((part) => attribute(part as [string, string])));
}

interface Draft {
  readonly subject: readonly number[];
  readonly issuer: readonly number[];
  readonly key: SoftwareKey;
  readonly by: SoftwareKey;
  readonly notBefore: number;
  readonly notAfter: number;
}

function certificate(draft: Draft, extensions: readonly number[][]): Uint8Array<ArrayBuffer> {
  const { subject, issuer, key, by, notBefore, notAfter } = draft;
  const algorithm = der(0x30, derObjectId("1.2.840.10045.4.3.2"));
  const ec = der(0x30, derObjectId("1.2.840.10045.2.1"), derObjectId("1.2.840.10045.3.1.7"));
  const tbs = der(
    0x30,
    [0xa0, 0x03, 0x02, 0x01, 0x02],
    der(0x02, [1]),
    algorithm,
    issuer,
    der(0x30, derTime(notBefore), derTime(notAfter)),
    subject,
    der(0x30, ec, der(0x03, [0], publicPoint(key.secret))),
    der(0xa3, der(0x30, ...extensions)),
  );
  return Uint8Array.from(der(0x30, tbs, algorithm, der(0x03, [0], by.sign(Uint8Array.from(tbs), "der"))));
}
