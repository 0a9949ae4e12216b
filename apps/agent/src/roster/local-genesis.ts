import { randomBytes } from "@holdfast/crypto";
import {
  decodeBase64url,
  deriveAdministratorId,
  deriveRawCredentialId,
  encodeBase64url,
  type RosterLink,
  rawSignatureBase,
} from "@holdfast/protocol";
import type { Unsealed } from "../custody/custody.ts";
import type { AgentIdentity } from "../custody/custody-record.ts";
import { StoreError } from "../keystore/errors.ts";
import { signGenesis, writeGenesis } from "./genesis-document.ts";

/**
 * The genesis of a standalone domain: one local administrator, whose key lies sealed beside the agent's own.
 *
 * @throws {@link StoreError} `E_LOCAL_ADMIN` when the agent was made without one
 */
export function localGenesis(identity: AgentIdentity, keys: Unsealed, name: string, now: number): RosterLink {
  if (keys.local === null || identity.local === null) throw new StoreError("E_LOCAL_ADMIN");
  const credId = deriveRawCredentialId(decodeBase64url(identity.local));
  const administrator = {
    adm: deriveAdministratorId(randomBytes(16)),
    label: "Local administrator",
    groups: [],
    creds: [{ credId, cose: identity.local, alg: "EdDSA", channel: "local" } as const],
  };
  const document = writeGenesis({ identity, name, administrator, recovery: null, witnesses: [], now });
  const sig = encodeBase64url(keys.local.sign(rawSignatureBase("local", document.hash)));
  return signGenesis(document, [{ credId, sig }], keys.aik);
}
