import { createPrivateKey } from "node:crypto";
import { ENUM, type ManagedObject } from "@holdfast/kmip";
import { encodePkcs12 } from "../../../clients/pkcs12.ts";
import type { ObjectView } from "../../../operations/object-view.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";

/** Longest chain of certificates that is followed. */
const MOST_CERTIFICATES = 10;

/**
 * Gives a private key out as a PKCS#12 store: with the certificates that it and they link to, under the password that it
 * links to. Each of them is taken out through the door like any object, the key last.
 *
 * @throws KmipRefusedError and as `Operations.getMaterial`
 * @see KMIP 1.4 section 3.35 (Link), 9.1.3.2.3 (Key Format Type)
 */
export async function pkcs12Store(
  context: KmipContext,
  name: string,
): Promise<{ readonly view: ObjectView; readonly object: ManagedObject }> {
  const { operations, caller } = context;
  const key = operations.describeObject(caller, name);
  if (key.type !== "private-key") refuse("KeyFormatTypeNotSupported", "Only private keys are given out as PKCS#12.");
  const passwordId = linked(key, "pkcs12-password") ?? refuse("InvalidField", "The key links to no PKCS#12 password.");
  const certificates: Buffer[] = [];
  for (let at: ObjectView = key; certificates.length < MOST_CERTIFICATES; ) {
    const next = linked(at, "pkcs12-certificate");
    if (next === null) break;
    const { material, object } = await operations.getMaterial(caller, { name: next });
    certificates.push(material);
    at = object;
  }
  const [certificate, ...authorities] = certificates;
  if (certificate === undefined) refuse("InvalidField", "The key links to no PKCS#12 certificate.");
  const password = context.wipeLater((await operations.getMaterial(caller, { name: passwordId })).material);
  const { material, object: view } = await operations.getMaterial(caller, { name, format: "pkcs8" });
  try {
    const identity = { key: createPrivateKey({ key: material, format: "der", type: "pkcs8" }), certificate };
    const words = { password: password.toString("utf8"), name: view.names[0]?.value ?? "key" };
    const wrapped = encodePkcs12({ ...words, identity, authorities });
    const keyBlock = { keyFormatType: ENUM.KeyFormatType.PKCS_12, keyValue: { wrapped } };
    return { view, object: { type: "PrivateKey", keyBlock } };
  } finally {
    material.fill(0);
  }
}

function linked({ links }: ObjectView, kind: string): string | null {
  return links.find((each) => each.kind === kind)?.id ?? null;
}
