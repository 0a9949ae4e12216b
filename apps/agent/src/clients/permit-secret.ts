import { encodeBase64url, permitIdentity } from "@holdfast/protocol";

const SHOWN = /^hfp1\.([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/;

/** An enrolment secret as people and machines carry it: recognisable, so that scanners find one that was left lying about. */
export function showPermitSecret(secret: Uint8Array): string {
  return `hfp1.${encodeBase64url(secret)}`;
}

/** What is kept of an enrolment secret; null for anything else. */
export function identityOfSecret(shown: string): string | null {
  const [, secret] = SHOWN.exec(shown) ?? [];
  return secret === undefined ? null : permitIdentity(Buffer.from(secret, "base64url"));
}
