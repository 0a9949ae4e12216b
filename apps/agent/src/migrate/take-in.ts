import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { ENUM, findAttribute, type ManagedObject, type OperationName, type RequestPayload } from "@holdfast/kmip";
import { attributesToBring } from "./attributes-to-bring.ts";
import { expectedRefusal } from "./foresee.ts";
import type { Answer, KmipPeer } from "./kmip-peer.ts";
import type { SourceObject } from "./source-object.ts";

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 500;

/** What became of an object that was brought to this agent. */
export interface TakenIn {
  readonly ok: boolean;
  /** Why not, or what is different. */
  readonly words?: string;
  /** Whether the digest that this agent keeps is that of the bytes that came; null where there is none to compare. */
  readonly same?: boolean | null;
}

/**
 * Registers an object under its old identifier, and takes it to the state that it had.
 *
 * Its identifier makes it safe to repeat: one that is here already is not brought again, only its state is looked after.
 */
export async function takeIn(target: KmipPeer, source: SourceObject, object: ManagedObject): Promise<TakenIn> {
  const { attributes } = attributesToBring(source);
  const { id: uniqueIdentifier } = source;
  const objectType = ENUM.ObjectType[object.type];
  const answer = await patiently(() =>
    target.ask("Import", { uniqueIdentifier, objectType, attributes: [...attributes], object }),
  );
  if (!answer.ok) {
    const isThere = answer.reason === ENUM.ResultReason.ObjectAlreadyExists && (await isHere(target, source.id));
    if (!isThere) return { ok: false, words: expectedRefusal(answer) ?? `it was not taken in: ${answer.words}` };
  }
  const moved = await bringToState(target, source);
  if (!moved.ok) return moved;
  return { ok: true, same: await isSame(target, source.id, object) };
}

/** Whether this agent has, for this client, an object with the identifier. */
export async function isHere(target: KmipPeer, uniqueIdentifier: string): Promise<boolean> {
  const attributeReferences = [{ name: "ObjectType" as const }];
  return (await target.ask("GetAttributes", { uniqueIdentifier, attributeReferences })).ok;
}

/** Takes the steps of life that an object has behind it. */
export async function bringToState(target: KmipPeer, source: SourceObject): Promise<TakenIn> {
  const { id: uniqueIdentifier, state } = source;
  const { Active, PreActive, Deactivated, Compromised } = ENUM.State;
  const now = await stateHere(target, uniqueIdentifier);
  if (state === null || now === null || now === state) return { ok: true };
  if (now === PreActive && (state === Active || state === Deactivated)) {
    const answer = await patiently(() => target.ask("Activate", { uniqueIdentifier }));
    if (!answer.ok) return { ok: false, words: `it is here, and could not be activated: ${answer.words}` };
  }
  if (state === Active) return { ok: true };
  if (state !== Deactivated && state !== Compromised) return { ok: true };
  const answer = await patiently(() => target.ask("Revoke", revocationOf(source)));
  return answer.ok ? { ok: true } : { ok: false, words: `it is here, and could not be revoked: ${answer.words}` };
}

function revocationOf({ id, state, attributes }: SourceObject): RequestPayload<"Revoke"> {
  const { CessationOfOperation, KeyCompromise, CACompromise } = ENUM.RevocationReasonCode;
  const said = findAttribute(attributes, "RevocationReason");
  const isCompromised = state === ENUM.State.Compromised;
  const fits = said !== undefined && [KeyCompromise, CACompromise].some((code) => code === said.revocationReasonCode);
  const otherwise = { revocationReasonCode: isCompromised ? KeyCompromise : CessationOfOperation };
  const occurred = findAttribute(attributes, "CompromiseOccurrenceDate");
  return {
    uniqueIdentifier: id,
    revocationReason: said !== undefined && fits === isCompromised ? said : otherwise,
    ...(isCompromised && occurred !== undefined ? { compromiseOccurrenceDate: occurred } : {}),
  };
}

async function stateHere(target: KmipPeer, uniqueIdentifier: string): Promise<number | null> {
  const answer = await target.ask("GetAttributes", { uniqueIdentifier, attributeReferences: [{ name: "State" }] });
  return answer.ok ? (findAttribute(answer.payload.attributes ?? [], "State") ?? null) : null;
}

/** Compares by the digest that this agent keeps; the material does not leave again for that. */
async function isSame(target: KmipPeer, uniqueIdentifier: string, object: ManagedObject): Promise<boolean | null> {
  const bytes = bytesOf(object);
  if (bytes === null) return null;
  const answer = await target.ask("GetAttributes", { uniqueIdentifier, attributeReferences: [{ name: "Digest" }] });
  const digest = answer.ok ? findAttribute(answer.payload.attributes ?? [], "Digest") : undefined;
  if (digest?.digestValue === undefined || digest.keyFormatType !== bytes.format) return null;
  return createHash("sha256").update(bytes.value).digest().equals(digest.digestValue);
}

function bytesOf(object: ManagedObject): { readonly value: Uint8Array; readonly format: number } | null {
  if (!("keyBlock" in object)) return null;
  const { keyFormatType, keyValue } = object.keyBlock;
  const material = keyValue !== undefined && keyValue.wrapped === undefined ? keyValue.material : undefined;
  return material instanceof Uint8Array ? { value: material, format: keyFormatType } : null;
}

/** An agent that is asked for more than it makes durable at once says so in the words of 1.4: General Failure. */
async function patiently<O extends OperationName>(work: () => Promise<Answer<O>>): Promise<Answer<O>> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await work();
    if (answer.ok || answer.reason !== ENUM.ResultReason.GeneralFailure || attempt === ATTEMPTS) return answer;
    await pause(FIRST_PAUSE_MS * attempt);
  }
}
