import { hasTag, type KmipVersion, type RequestPayload, TAG } from "@holdfast/kmip";
import { encryptionParameters, keptInput } from "../cryptography/cipher-parameters.ts";
import { dataOf, isPart, type PartAnswer, servePart } from "../cryptography/in-parts.ts";
import type { OpenStream } from "../cryptography/open-streams.ts";
import type { KmipContext } from "../kmip-context.ts";
import type { KmipOperation } from "./kmip-operation.ts";

type Request = RequestPayload<"Encrypt">;

/** Encrypts data, whole or in parts. @see KMIP 2.1 section 6.1.21 */
export const encrypt: KmipOperation<"Encrypt"> = (context, payload) => {
  if (isPart(payload)) return servePart(context, "Encrypt", payload, () => encryption(context, payload));
  const { identifier, name } = context.object(payload.uniqueIdentifier);
  const input = inputOf(payload);
  const { ciphertext, iv, tag } = context.operations.encryptWith(
    context.caller,
    { name },
    { params: (key) => encryptionParameters(input, key), data: dataOf(payload) },
  );
  return {
    uniqueIdentifier: identifier,
    ...outputOf(context.version, ciphertext, tag),
    ...(iv === undefined || input.iv !== undefined ? {} : { ivCounterNonce: iv }),
  };
};

function inputOf({ cryptographicParameters, ivCounterNonce, authenticatedEncryptionAdditionalData }: Request) {
  return { given: cryptographicParameters, iv: ivCounterNonce, aad: authenticatedEncryptionAdditionalData };
}

/** Versions before 1.4 have no field for the tag: there it is the end of the data. */
function outputOf(version: KmipVersion, ciphertext: Buffer, tag: Buffer | undefined) {
  if (tag === undefined) return { data: ciphertext };
  if (!hasTag(version, TAG.AuthenticatedEncryptionTag)) return { data: Buffer.concat([ciphertext, tag]) };
  return { data: ciphertext, authenticatedEncryptionTag: tag };
}

function encryption(context: KmipContext, payload: Request): OpenStream<Request, PartAnswer, ReturnType<typeof ended>> {
  const { identifier, name } = context.object(payload.uniqueIdentifier);
  const input = keptInput(inputOf(payload));
  const stream = context.operations.encryptInParts(context.caller, { name }, (key) => encryptionParameters(input, key));
  let fresh: Pick<PartAnswer, "ivCounterNonce"> =
    input.iv === undefined && stream.iv !== undefined ? { ivCounterNonce: stream.iv } : {};
  const iv = () => {
    const said = fresh;
    fresh = {};
    return said;
  };
  return {
    identifier,
    holds: false,
    part(caller, { data }) {
      const ciphertext = data === undefined ? null : stream.update(caller, data);
      return { uniqueIdentifier: identifier, ...(ciphertext?.byteLength ? { data: ciphertext } : {}), ...iv() };
    },
    end(caller, { data }) {
      const before = data === undefined ? Buffer.alloc(0) : stream.update(caller, data);
      const { ciphertext, tag } = stream.final(caller);
      return ended(context.version, identifier, { ciphertext: Buffer.concat([before, ciphertext]), tag, ...iv() });
    },
  };
}

function ended(
  version: KmipVersion,
  uniqueIdentifier: string,
  { ciphertext, tag, ...iv }: { readonly ciphertext: Buffer; readonly tag?: Buffer | undefined },
) {
  return { uniqueIdentifier, ...outputOf(version, ciphertext, tag), ...iv };
}
