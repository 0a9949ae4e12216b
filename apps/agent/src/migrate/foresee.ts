import { ENUM, findAttributes, MASK } from "@holdfast/kmip";
import { attributesToBring } from "./attributes-to-bring.ts";
import type { KmipPeer } from "./kmip-peer.ts";
import type { SourceObject } from "./source-object.ts";

/** Names that objects of this move have, each with the identifier of the object. */
export type NamesTaken = ReadonlyMap<string, string>;

const { PermissionDenied, ObjectAlreadyExists } = ENUM.ResultReason;
const AES_BITS = 256;
const ENCRYPT_DECRYPT = 12;

/** Why an object's names keep it from being taken in; null when they do not. */
export async function nameRefusal(target: KmipPeer, source: SourceObject, taken: NamesTaken): Promise<string | null> {
  const { OnLineStorage, ArchivalStorage } = MASK.StorageStatusMask;
  for (const value of findAttributes(source.attributes, "Name")) {
    const name = value.nameValue;
    const other = taken.get(name);
    if (other !== undefined) return `its name ${name} is also that of ${other} there; ${RENAME}`;
    const storageStatusMask = OnLineStorage | ArchivalStorage;
    const found = await target.ask("Locate", { storageStatusMask, attributes: [{ name: "Name", value }] });
    const [here] = found.ok ? (found.payload.uniqueIdentifier ?? []) : [];
    if (here !== undefined) return `this client has an object named ${name} here already (${here}); ${RENAME}`;
  }
  return null;
}

/**
 * Why this agent would not take an object in, as far as it says without the object: by its names, the identifier, and the
 * client's grants. Asks with an Import that no agent carries out: its material is a byte, for a key of 256 bits.
 */
export async function foresee(target: KmipPeer, source: SourceObject): Promise<string | null> {
  const group = attributesToBring(source).attributes.filter(({ name }) => name === "ObjectGroup");
  const answer = await target.ask("Import", {
    uniqueIdentifier: source.id,
    objectType: ENUM.ObjectType.SymmetricKey,
    attributes: [...group, { name: "CryptographicUsageMask", value: ENCRYPT_DECRYPT }],
    object: {
      type: "SymmetricKey",
      keyBlock: {
        keyFormatType: ENUM.KeyFormatType.Raw,
        keyValue: { material: Buffer.of(0) },
        cryptographicAlgorithm: ENUM.CryptographicAlgorithm.AES,
        cryptographicLength: AES_BITS,
      },
    },
  });
  return answer.ok ? null : expectedRefusal(answer);
}

/** A refusal in words, if it is one that the whole object meets as well. */
export function expectedRefusal({ reason, words }: { readonly reason: number; readonly words: string }): string | null {
  if (reason === PermissionDenied)
    return `the client may not take it in (${words}): it needs the grants import, alias and, for keys that applications get, get, in the group`;
  if (reason === ObjectAlreadyExists) return `its identifier cannot be taken here: ${ELSEWHERE}`;
  return null;
}

const RENAME =
  "names are unique among what a client sees here: give it another name there (Modify Attribute), if the application finds it by identifier";
const ELSEWHERE =
  "identifiers of other systems are unique in the whole agent. Move this application to an agent of its own, or, where it can be told new ones, register its keys anew";
