import { der, derTime } from "../keys/der.ts";
import { publicPoint } from "../keys/deterministic-ecdsa.ts";
import type { SoftwareKey } from "../keys/software-key.ts";

const SEQUENCE = 0x30;
const SET = 0x31;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8 = 0x0c;
const BOOLEAN_TRUE = [0x01, 0x01, 0xff];
const VERSION_3 = [0xa0, 0x03, 0x02, 0x01, 0x02];
const ECDSA_SHA256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const EC_PUBLIC_KEY = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const COMMON_NAME = [0x06, 0x03, 0x55, 0x04, 0x03];
const BASIC_CONSTRAINTS = [0x06, 0x03, 0x55, 0x1d, 0x13];

/** What a certificate says. */
export interface CertificateDraft {
  readonly subject: string;
  readonly issuer: string;
  readonly key: SoftwareKey;
  /** Signs it. */
  readonly by: SoftwareKey;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isAuthority?: boolean;
}

/** An X.509 certificate of a P-256 key, DER: just what a report's signature needs. */
export function softwareCertificate(draft: CertificateDraft): Uint8Array<ArrayBuffer> {
  const { subject, issuer, key, by, notBefore, notAfter, isAuthority = false } = draft;
  const algorithm = der(SEQUENCE, ECDSA_SHA256);
  const constraints = der(SEQUENCE, isAuthority ? BOOLEAN_TRUE : []);
  const extension = der(SEQUENCE, BASIC_CONSTRAINTS, BOOLEAN_TRUE, der(OCTET_STRING, constraints));
  const tbs = der(
    SEQUENCE,
    VERSION_3,
    der(0x02, [isAuthority ? 1 : 2]),
    algorithm,
    name(issuer),
    der(SEQUENCE, derTime(notBefore), derTime(notAfter)),
    name(subject),
    der(SEQUENCE, der(SEQUENCE, EC_PUBLIC_KEY, P256), der(BIT_STRING, [0], [...publicPoint(key.secret)])),
    der(0xa3, der(SEQUENCE, extension)),
  );
  return Uint8Array.from(
    der(SEQUENCE, tbs, algorithm, der(BIT_STRING, [0], [...by.sign(Uint8Array.from(tbs), "der")])),
  );
}

function name(text: string): number[] {
  return der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8, [...Buffer.from(text, "utf8")]))));
}
