import type { AgentId, ClientId, KeyId, TenantId } from "../brand.ts";
import { encodeBase32 } from "../encoding/base32.ts";
import { decodeBase64url, encodeBase64url } from "../encoding/base64url.ts";
import { utf8 } from "../encoding/bytes.ts";
import { sha256, taggedHash } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";

const ID_BYTES = 16;

/** Identifier of the custody domain that a genesis roster founds. */
export function deriveTid(genesis: Uint8Array): TenantId {
  return encodeId(taggedHash("holdfast/tid/v1", genesis)) as TenantId;
}

/** Identifier of the agent with this identity key. @param aik - Its COSE_Key. */
export function deriveAid(aik: Uint8Array): AgentId {
  return `a_${encodeId(taggedHash("holdfast/aid/v1", aik))}` as AgentId;
}

/**
 * Identifier of the key that item `index` of a command creates. It follows from the command, so no id can be minted
 * twice or chosen.
 *
 * @throws {@link ProtocolError} `E_CANON` when the hash is none
 */
export function deriveKeyId(commandHash: string, index: number): KeyId {
  const item = new Uint8Array(4);
  new DataView(item.buffer).setUint32(0, index);
  return `k_${encodeId(taggedHash("holdfast/keyid/v1", decodeBase64url(commandHash), item))}` as KeyId;
}

/** Identifier of a key that a client creates. @param random - 16 random bytes of the agent. */
export function deriveClientKeyId(tid: string, client: string, random: Uint8Array): KeyId {
  if (random.length !== ID_BYTES) throw new ProtocolError("E_SCHEMA", "A key id needs 16 random bytes.");
  return `k_${encodeId(taggedHash("holdfast/keyid/v1", utf8(tid), utf8(client), random))}` as KeyId;
}

/** Identifier of the client that a command enrols. @throws {@link ProtocolError} `E_CANON` when the hash is none */
export function deriveClientId(commandHash: string): ClientId {
  return `c_${encodeId(taggedHash("holdfast/clientid/v1", decodeBase64url(commandHash)))}` as ClientId;
}

/** Identifier of the client that a permit lets in with a key. @param spki - SHA-256 of its SubjectPublicKeyInfo, base64url. */
export function derivePermittedClientId(permit: string, spki: string): ClientId {
  return `c_${encodeId(taggedHash("holdfast/permittedid/v1", utf8(permit), decodeBase64url(spki)))}` as ClientId;
}

/** Identity of a permit: what is kept of its secret. @param secret - 32 random bytes of the agent. */
export function permitIdentity(secret: Uint8Array): string {
  return encodeBase64url(taggedHash("holdfast/permit/v1", secret));
}

/** Identifier of the schedule that a command sets. @throws {@link ProtocolError} `E_CANON` when the hash is none */
export function deriveScheduleId(commandHash: string): string {
  return `s_${encodeId(taggedHash("holdfast/scheduleid/v1", decodeBase64url(commandHash)))}`;
}

/** Identifier of an invitation: it names the claim without giving it away. */
export function deriveInviteId(claim: Uint8Array): string {
  return encodeId(sha256(claim));
}

/** Identifier of an administrator. @param random - 16 random bytes of the agent. */
export function deriveAdministratorId(random: Uint8Array): string {
  if (random.length !== ID_BYTES) throw new ProtocolError("E_SCHEMA", "An administrator id needs 16 random bytes.");
  return encodeId(random);
}

/** Credential id of a raw key (local administrator, recovery key), from its COSE_Key. */
export function deriveRawCredentialId(cose: Uint8Array): string {
  return encodeBase64url(taggedHash("holdfast/rawcred/v1", cose).subarray(0, ID_BYTES));
}

function encodeId(hash: Uint8Array): string {
  return encodeBase32(hash.subarray(0, ID_BYTES));
}
