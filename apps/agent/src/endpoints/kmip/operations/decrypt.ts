import type { RequestPayload } from "@holdfast/kmip";
import { decryptionParameters, keptInput, openingParameters } from "../cryptography/cipher-parameters.ts";
import { dataOf, isPart, type PartAnswer, servePart } from "../cryptography/in-parts.ts";
import type { OpenStream } from "../cryptography/open-streams.ts";
import type { KmipContext } from "../kmip-context.ts";
import type { KmipOperation } from "./kmip-operation.ts";

type Request = RequestPayload<"Decrypt">;

/** Decrypts data, whole or in parts. Whatever is wrong with a ciphertext is one answer. @see KMIP 2.1 section 6.1.14 */
export const decrypt: KmipOperation<"Decrypt"> = (context, payload) => {
  if (isPart(payload)) return servePart(context, "Decrypt", payload, () => decryption(context, payload));
  const { identifier, name } = context.object(payload.uniqueIdentifier);
  const input = { ...inputOf(payload), data: dataOf(payload), tag: payload.authenticatedEncryptionTag };
  const { plaintext } = context.operations.decryptWith(context.caller, { name }, (key) =>
    decryptionParameters(input, key),
  );
  return { uniqueIdentifier: identifier, data: context.wipeLater(plaintext) };
};

function inputOf({ cryptographicParameters, ivCounterNonce, authenticatedEncryptionAdditionalData }: Request) {
  return { given: cryptographicParameters, iv: ivCounterNonce, aad: authenticatedEncryptionAdditionalData };
}

/** What authenticates is given out at the end only, when its tag has been checked; until then it is held. */
function decryption(context: KmipContext, payload: Request): OpenStream<Request, PartAnswer, Answer> {
  const { identifier, name } = context.object(payload.uniqueIdentifier);
  const input = keptInput(inputOf(payload));
  let tagged = false;
  let tag = copyOf(payload.authenticatedEncryptionTag);
  const stream = context.operations.decryptInParts(context.caller, { name }, (key) => {
    const params = openingParameters(input, key);
    tagged = params.mode === "GCM" || params.mode === "CCM" || params.mode === "CHACHA20-POLY1305";
    return params;
  });
  const keep = (given: Uint8Array | undefined): void => {
    tag = copyOf(given) ?? tag;
  };
  return {
    identifier,
    holds: tagged,
    part(caller, { data, authenticatedEncryptionTag }) {
      keep(authenticatedEncryptionTag);
      const plaintext = data === undefined ? null : stream.update(caller, data);
      return { uniqueIdentifier: identifier, ...(plaintext?.byteLength ? { data: plaintext } : {}) };
    },
    end(caller, { data, authenticatedEncryptionTag }) {
      keep(authenticatedEncryptionTag);
      const before = data === undefined ? Buffer.alloc(0) : stream.update(caller, data);
      const plaintext = Buffer.concat([before, stream.final(caller, tag)]);
      return { uniqueIdentifier: identifier, data: plaintext };
    },
  };
}

interface Answer {
  readonly uniqueIdentifier: string;
  readonly data: Buffer;
}

function copyOf(bytes: Uint8Array | undefined): Buffer | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes);
}
