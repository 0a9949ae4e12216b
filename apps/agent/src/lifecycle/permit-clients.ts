import { type ArgsOf, deriveClientId, grantsOfPermit } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { ClientRecord } from "../keystore/records.ts";
import type { ActInput } from "./act.ts";
import { assertName } from "./assert-name.ts";
import type { ClientEffect } from "./effect.ts";

/**
 * client.permit: a secret by which clients enrol without anybody's approval of each one. What is kept of it is its hash.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` when it exists; `E_ARGS` when its time is over already, and for a name that nobody could
 *   see
 */
export function permitClients({ command, hash, keystore, now, issued }: ActInput): ClientEffect[] {
  const id = deriveClientId(hash);
  if (keystore.findClient(id)) throw new AdmissionError("E_PRESTATE", "The client exists already.", { id });
  if (issued?.kind !== "permit") throw new AdmissionError("E_ARGS", "No secret was made.");
  const args = command.args as ArgsOf<"client.permit">;
  const { label, most, networks, validitySec, renewable, until } = args;
  if (until <= now) throw new AdmissionError("E_ARGS", "The secret's time is over already.");
  assertName(label);
  const after: ClientRecord = {
    ...{ id, label, state: "active", createdAt: now, notAfter: until, revokedAt: null },
    auth: { kind: "permit", spki: issued.identity },
    grants: grantsOfPermit(args),
    permit: { most, networks, validitySec, renewable },
    certificate: { serial: "", notBefore: now, notAfter: until, der: "" },
    leaf: 0,
    locked: null,
  };
  return [{ on: "client", before: null, after, names: { label } }];
}
