import { importMaterial, type KeyHandle } from "@holdfast/crypto";
import type { AttributeBag, ClientRecord, KeyRecord } from "../keystore/records.ts";
import { rulesIdOf } from "../keystore/rules-id.ts";
import type { ChangeWrite } from "../lifecycle/change.ts";
import { sayingEffect } from "../lifecycle/change-attributes.ts";
import { type NewRecord, newRecordEffect } from "../lifecycle/new-record.ts";
import { DEFAULT_GROUP } from "./access.ts";
import type { Caller } from "./caller.ts";
import { requested } from "./client-change.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import { checkSayings } from "./object-settings.ts";

const LABEL = "KMIP constraints and defaults";

/**
 * What the client has set for all that it makes; null while it has set nothing.
 *
 * @throws {@link OperationError} `E_STATE_MAC`, `E_STATE_ROLLBACK`: rules that cannot be believed are not taken for none
 */
export function findClientRules({ keystore }: Door, { client }: Caller): AttributeBag | null {
  return believed(keystore.findRules(client.id))?.attributes ?? null;
}

/**
 * Sets the client's own rules, durably. They are kept under an id of the client's own that no other operation finds. Needs
 * the grants `import` and `attributes` on what the client makes.
 *
 * @param decide - What shall hold, from the rules as they are when the change is made.
 * @throws {@link OperationError} `E_GRANT`, `E_RATE`, `E_INPUT` and as {@link findClientRules}; {@link AdmissionError}
 *   `E_LOCKED`, `E_RECOVERING`; {@link StoreError} `E_STORE`
 */
export async function setClientRules(
  door: Door,
  caller: Caller,
  decide: (rules: AttributeBag | null) => AttributeBag,
): Promise<void> {
  const { keystore, executor, clock } = door;
  const id = rulesIdOf(keystore.tid, caller.client.id);
  checkSetting(door, caller.client);
  door.changes.take(caller.client.id);
  let material: KeyHandle | null = null;
  const written = (client: ClientRecord, kept: KeyRecord | null, attributes: AttributeBag): ChangeWrite => {
    if (kept !== null)
      return { effect: sayingEffect(kept, { attributes }), reason: requested(client, "key.attributes") };
    material ??= materialOf(id);
    const effect = newRecordEffect({ ...recordOf(id), attributes }, executor.describeMaterial(material), clock.now());
    return { effect, reason: requested(client, "key.register") };
  };
  try {
    await executor.submit({
      touches: [id],
      prepare() {
        const client = door.access.present(caller.client);
        checkSetting(door, client);
        const kept = believed(keystore.findRules(client.id));
        const attributes = decide(kept?.attributes ?? null);
        checkSayings({ attributes });
        return { writes: [written(client, kept, attributes)], result: () => undefined };
      },
    });
  } catch (cause) {
    (material as KeyHandle | null)?.zeroize();
    throw cause;
  }
}

function checkSetting({ access, executor }: Door, client: ClientRecord): void {
  for (const operation of ["import", "attributes"] as const)
    if (!access.coversGroup(client, DEFAULT_GROUP, operation))
      throw new OperationError("E_GRANT", undefined, { operation, group: DEFAULT_GROUP });
  executor.assertChanging(false);
}

function believed(kept: KeyRecord | null): KeyRecord | null {
  if (kept !== null && kept.locked !== null) throw new OperationError(kept.locked, undefined, { keyId: kept.id });
  return kept;
}

/** What is kept as an object has material; this is none that anybody asks for. */
function materialOf(keyId: string): KeyHandle {
  return importMaterial(Buffer.from(LABEL), "raw", {
    ...{ id: { keyId, version: 1 }, type: "template", algorithm: null, usages: [], extractable: false },
  });
}

function recordOf(id: string): NewRecord {
  return {
    ...{ id, type: "template", algorithm: null, bits: null, origin: "registered", label: LABEL, group: DEFAULT_GROUP },
    ...{ usage: [], extractable: false, owner: { kind: "domain" } },
  };
}
