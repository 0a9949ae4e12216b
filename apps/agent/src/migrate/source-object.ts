import {
  type Attribute,
  ENUM,
  enumerationName,
  findAttribute,
  findAttributes,
  type ManagedObject,
  objectTypeName,
} from "@holdfast/kmip";
import type { KmipPeer } from "./kmip-peer.ts";

/** An object as the other server describes it, without its material. */
export interface SourceObject {
  readonly id: string;
  /** As KMIP names it; `?` when the server does not say. */
  readonly type: string;
  readonly names: readonly string[];
  /** A value of `ENUM.State`; null for what has none, such as opaque objects of some servers. */
  readonly state: number | null;
  readonly attributes: readonly Attribute[];
}

/** What of an object could not be read, in words. */
export interface Unread {
  readonly unread: string;
}

/** Reads what a server says of an object. @throws as {@link KmipPeer.ask} */
export async function describeSource(peer: KmipPeer, id: string): Promise<SourceObject | Unread> {
  const answer = await peer.ask("GetAttributes", { uniqueIdentifier: id });
  if (!answer.ok) return { unread: `its attributes are not given: ${answer.words}` };
  const { attributes = [] } = answer.payload;
  const type = findAttribute(attributes, "ObjectType");
  return {
    id,
    type: (type === undefined ? null : objectTypeName(type)) ?? "?",
    names: findAttributes(attributes, "Name").map(({ nameValue }) => nameValue),
    state: findAttribute(attributes, "State") ?? null,
    attributes,
  };
}

/** Gets an object with its material. @throws as {@link KmipPeer.ask} */
export async function getSource(peer: KmipPeer, id: string): Promise<ManagedObject | Unread> {
  const answer = await peer.ask("Get", { uniqueIdentifier: id });
  return answer.ok ? answer.payload.object : { unread: `its material is not given: ${answer.words}` };
}

/** A state in words. */
export function stateWords(state: number | null): string {
  return state === null ? "-" : (enumerationName("State", state) ?? String(state));
}

/** Whether nothing is left of an object but its description. */
export function isDestroyed({ state }: Pick<SourceObject, "state">): boolean {
  return state === ENUM.State.Destroyed || state === ENUM.State.DestroyedCompromised;
}
