import type { Caller } from "./caller.ts";
import type { Door } from "./door.ts";

/** Puts on record that a client asked for an attestation, as often as it may. @throws {@link OperationError} `E_RATE` */
export function recordAttestation({ executor, attestations }: Door, { client }: Caller): void {
  attestations.take(client.id);
  executor.recordHostEvent("attest", { client: client.id });
}
