import { ackChallenge } from "../approval/challenges.ts";
import { verifyRawSignature } from "../approval/raw-signature.ts";
import { encodeCanonical } from "../canonical/encode-canonical.ts";
import { docHash } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import type { CustodianOffer } from "./custodian.ts";

/** What a custodian is asked to do, in the words that are shown and acknowledged. */
export const CUSTODIAN_DUTIES = [
  "You hold one share of this environment's backups. Alone it opens nothing.",
  "Keep your key file and its passphrase in two places, and nobody else's with them.",
  "When somebody asks for your share, compare the eight words of this environment first, and call back on a number you know.",
  "Take part in drills. Say at once when you have lost your key file, or leave.",
] as const;

/**
 * What a custodian signs to acknowledge these duties, with a key made of the same secret as the key file's.
 *
 * @param hpke - The key file's point, base64url.
 */
export function dutiesChallenge(seat: string, hpke: string): Uint8Array<ArrayBuffer> {
  const document = encodeCanonical({ typ: "duties", ver: 1, seat, hpke, duties: [...CUSTODIAN_DUTIES] });
  return ackChallenge(docHash("duties", document));
}

/**
 * Verifies that whoever has the key file acknowledged the duties; an offer without an acknowledgement passes, and says so.
 *
 * @throws {@link ProtocolError} `E_SIG`; `E_SCHEMA` for an acknowledgement without a key file
 */
export async function verifyAcknowledgement({ seat, routes, ack }: CustodianOffer): Promise<void> {
  if (ack === undefined) return;
  const file = routes.find(({ route }) => route === "file");
  if (file === undefined) throw new ProtocolError("E_SCHEMA", "Duties are acknowledged with a key file.");
  await verifyRawSignature(ack.cose, "ack", dutiesChallenge(seat, file.hpke), ack.sig);
}
