import { type ArgsOf, deriveClientId } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { ClientRecord } from "../keystore/records.ts";
import type { ActInput } from "./act.ts";
import { assertName } from "./assert-name.ts";
import type { ClientEffect } from "./effect.ts";

/**
 * client.enrol: a new identity, the SPKI of a certificate that the agent has just issued, with its grants.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` when the client or one with its key exists, withdrawn ones included; `E_ARGS`
 *   when its time is over before it begins, and for a name that nobody could see
 */
export function enrolClient({ command, hash, keystore, now, issued }: ActInput): ClientEffect[] {
  const id = deriveClientId(hash);
  if (keystore.findClient(id)) throw new AdmissionError("E_PRESTATE", "The client exists already.", { id });
  if (issued === null || issued.kind === "permit")
    throw new AdmissionError("E_ARGS", "No certificate was issued for the client.");
  if (keystore.findClientBySpki(issued.spkiHash))
    throw new AdmissionError("E_PRESTATE", "A client with this key exists already, or was withdrawn.");
  const { label, grants, notAfter } = command.args as ArgsOf<"client.enrol">;
  assertName(label);
  const end = Math.min(issued.notAfter, notAfter ?? issued.notAfter);
  if (end <= now) throw new AdmissionError("E_ARGS", "The client's time is over already.");
  const after: ClientRecord = {
    id,
    label,
    grants,
    state: "active",
    auth: {
      ...{ kind: "mtls", spki: issued.spkiHash },
      ...(issued.company === undefined ? {} : { authority: "company", ...issued.company }),
    },
    createdAt: now,
    notAfter: end,
    ...(notAfter === undefined ? {} : { limit: notAfter }),
    revokedAt: null,
    certificate: {
      serial: issued.serial,
      notBefore: issued.notBefore,
      notAfter: issued.notAfter,
      der: Buffer.from(issued.certificateDer).toString("base64url"),
    },
    leaf: 0,
    locked: null,
  };
  return [{ on: "client", before: null, after, names: { label } }];
}
