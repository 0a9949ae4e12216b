import { exportPublic, importMaterial } from "@holdfast/crypto";
import { type CertificateRequestFacts, factsOfCertificate } from "../clients/object-issuer.ts";
import type { AttributeBag, ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { ChangeWrite } from "../lifecycle/change.ts";
import { sayingEffect } from "../lifecycle/change-attributes.ts";
import type { NewRecord } from "../lifecycle/new-record.ts";
import type { Caller } from "./caller.ts";
import { requested } from "./client-change.ts";
import { keepNew } from "./create-object.ts";
import { type Door, handleOf } from "./door.ts";
import { OperationError } from "./errors.ts";
import { getMaterial } from "./get-material.ts";
import type { ObjectSettings } from "./new-object.ts";
import { checkMaking, settleObject } from "./object-settings.ts";
import type { ObjectView } from "./object-view.ts";

const DAY = 86_400;
/** The other side's clock may be this far behind. */
const BACKDATED_SECONDS = 3600;
const USUAL_SECONDS = 365 * DAY;
const LONGEST_SECONDS = 3650 * DAY;

/** A certificate that a client asks for. */
export interface Certification {
  /** A request that was verified; without it the subject is asked for by name. */
  readonly request?: CertificateRequestFacts | undefined;
  readonly subject?: CertificateRequestFacts["subject"] | undefined;
  /** Seconds from now until it is valid. */
  readonly offsetSec?: number | undefined;
  /** Unix seconds; a year without it. */
  readonly notAfter?: number | undefined;
  readonly object: ObjectSettings;
  /** What is said of the certificate, from its DER. */
  readonly said: (der: Uint8Array) => AttributeBag;
}

/**
 * Issues a certificate for a public key that the client sees, and keeps it as an object: each is linked to the other.
 *
 * Needs what making an object needs, and the grant `attributes` on the public key. The certificate is signed by a key of
 * its own purpose and opens nothing here. A request must be of that very key, which its signature proves.
 *
 * @throws {@link OperationError} as `createObject`, `E_NOT_FOUND`, `E_KEY_STATE`, `E_INPUT`
 * @see KMIP 2.1 section 6.1.8 (Certify)
 */
export async function certifyObject(
  door: Door,
  caller: Caller,
  name: string,
  asked: Certification,
): Promise<ObjectView> {
  const key = publicKeyFor(door, caller.client, door.access.find(caller.client, name));
  const spki = exportPublic(handleOf(door, key, key.current), "spki") as Buffer;
  const { request, subject = [{ CN: [key.label] }] } = asked;
  if (request !== undefined && !spki.equals(request.spki))
    throw new OperationError("E_INPUT", "The request is not of this key.");
  return issued(door, caller, asked, { facts: { subject, ...request, spki }, publicKeys: [key.id], old: null });
}

/**
 * Issues a certificate in the place of one that is kept here: for the same key and subject unless a request says otherwise.
 * The new one gets the old one's names, and each is linked to the other.
 *
 * @throws {@link OperationError} as {@link certifyObject}
 * @see KMIP 2.1 section 6.1.39 (Re-certify)
 */
export async function recertifyObject(
  door: Door,
  caller: Caller,
  name: string,
  asked: Certification,
): Promise<ObjectView> {
  const { access } = door;
  const { id, type } = access.find(caller.client, name);
  if (type !== "certificate") throw new OperationError("E_INPUT", "Only certificates are certified again.");
  const old = replaceable(door, caller.client, id);
  const { material } = await getMaterial(door, caller, { name: id });
  const before = factsOfCertificate(material);
  const { request } = asked;
  if (request !== undefined && !Buffer.from(before.spki).equals(request.spki))
    throw new OperationError("E_INPUT", "The request is not of this certificate's key.");
  const publicKeys = old.links.filter(({ kind }) => kind === "public-key").map((link) => link.id);
  return issued(door, caller, asked, { facts: { ...before, ...request }, publicKeys, old });
}

interface Basis {
  readonly facts: CertificateRequestFacts;
  readonly publicKeys: readonly string[];
  readonly old: KeyRecord | null;
}

async function issued(
  door: Door,
  caller: Caller,
  asked: Certification,
  { facts, publicKeys, old }: Basis,
): Promise<ObjectView> {
  const { client } = caller;
  const { issuer } = door;
  if (issuer === null) throw new OperationError("E_INPUT", "No certificates are issued here.");
  const settled = settleObject("certificate", asked.object);
  checkMaking(door, client, settled, "create");
  door.executor.assertChanging(false);
  door.writes.take(client.id);
  const der = await issuer.issue({ ...facts, ...validityOf(door, asked) });
  const id = door.executor.newKeyId(client);
  const attributes = {
    id: { keyId: id, version: 1 },
    type: "certificate",
    algorithm: null,
    usages: settled.usage,
    extractable: true,
  } as const;
  const handle = importMaterial(der, "x509", attributes);
  const links = [
    ...(settled.links ?? []),
    ...publicKeys.map((each) => ({ kind: "public-key", id: each })),
    ...(old === null ? [] : [{ kind: "replaced", id: old.id }]),
  ];
  const record: NewRecord = {
    ...{ ...settled, id, algorithm: null, bits: null, links, origin: "made", owner: { kind: "client", id: client.id } },
    ...(old === null ? {} : { names: old.names, label: old.label }),
    attributes: { ...settled.attributes, ...asked.said(der) },
  };
  const [view] = await keepNew(door, caller, {
    kind: "key.create",
    news: [{ record, made: door.executor.describeMaterial(handle) }],
    touches: [...publicKeys, ...(old === null ? [] : [old.id])],
    except: old === null ? [] : [old.id],
    also: (present) => [
      ...publicKeys.flatMap((each) => certified(door, present, each, id)),
      ...(old === null ? [] : [replaced(door, present, old.id, { id, names: record.names ?? [] })]),
    ],
  });
  return view as ObjectView;
}

function validityOf(
  { clock }: Door,
  { offsetSec = 0, notAfter }: Certification,
): { notBefore: number; notAfter: number } {
  const now = clock.now();
  const begins = now + offsetSec;
  const ends = notAfter ?? begins + USUAL_SECONDS;
  const good = Number.isSafeInteger(offsetSec) && offsetSec >= 0 && ends > begins && ends - now <= LONGEST_SECONDS;
  if (!good)
    throw new OperationError("E_INPUT", "A certificate is valid for at most ten years, and ends after it begins.");
  return { notBefore: offsetSec === 0 ? now - BACKDATED_SECONDS : begins, notAfter: ends };
}

function publicKeyFor(door: Door, client: ClientRecord, key: KeyRecord): KeyRecord {
  door.access.checkChange(client, key, "attributes");
  const { id: keyId, state, type, dates } = key;
  if (type !== "public-key") throw new OperationError("E_INPUT", "Only public keys are certified.");
  if (dates.archived !== undefined) throw new OperationError("E_KEY_ARCHIVED", undefined, { keyId });
  if (state !== "active" && state !== "pre-active")
    throw new OperationError("E_KEY_STATE", undefined, { keyId, state });
  return key;
}

function replaceable({ access }: Door, client: ClientRecord, id: string): KeyRecord {
  const old = access.findById(client, id);
  access.checkChange(client, old, "attributes");
  if (old.state.startsWith("destroyed") || old.scheduled !== null)
    throw new OperationError("E_KEY_STATE", undefined, { keyId: id, state: old.state });
  return old;
}

/** The public key names its newest certificate, where the client may say so. */
function certified({ access, keystore }: Door, client: ClientRecord, keyId: string, id: string): ChangeWrite[] {
  const key = keystore.findKey(keyId);
  if (key === null || key.locked !== null || key.scheduled !== null || !access.permits(client, key, "attributes"))
    return [];
  if (key.state.startsWith("destroyed")) return [];
  const links = [...key.links.filter(({ kind }) => kind !== "certificate"), { kind: "certificate", id }];
  return [{ effect: sayingEffect(key, { links }), reason: requested(client, "key.attributes") }];
}

function replaced(
  door: Door,
  client: ClientRecord,
  oldId: string,
  successor: { readonly id: string; readonly names: KeyRecord["names"] },
): ChangeWrite {
  const old = replaceable(door, client, oldId);
  if (JSON.stringify(old.names) !== JSON.stringify(successor.names))
    throw new OperationError("E_NAME_TAKEN", "The object's names have just changed.");
  const links = [...old.links.filter(({ kind }) => kind !== "replacement"), { kind: "replacement", id: successor.id }];
  return { effect: sayingEffect(old, { names: [], links }), reason: requested(client, "key.attributes") };
}
