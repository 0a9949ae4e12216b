import { rawSignatureBase } from "../approval/challenges.ts";
import { encodeBase64url } from "../encoding/base64url.ts";
import type { CustodianOffer } from "../escrow/custodian.ts";
import { dutiesChallenge } from "../escrow/duties.ts";
import { deriveRecipientKey, signWithSeed } from "./hpke.ts";

/** A custodian's public part with a key file alone: its point, and the signature under the duties. */
export async function offerOf(seed: Uint8Array, seat: string): Promise<CustodianOffer> {
  const { publicKey } = await deriveRecipientKey(seed);
  const hpke = encodeBase64url(publicKey);
  const ack = await signWithSeed(seed, rawSignatureBase("ack", dutiesChallenge(seat, hpke)));
  return { seat, routes: [{ route: "file", hpke }], ack };
}
