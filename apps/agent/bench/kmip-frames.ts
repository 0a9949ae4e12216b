import {
  type Attribute,
  decodeResponse,
  ENUM,
  encodeRequest,
  enumerationName,
  type OperationName,
  type RequestPayload,
  type ResponsePayload,
} from "@holdfast/kmip";

/** The version that both servers speak and that has Encrypt. */
const VERSION = "1.2";

/** One operation as a request message. */
export function frame<O extends OperationName>(operation: O, payload: RequestPayload<O>): Buffer {
  return encodeRequest({ version: VERSION, header: {}, items: [{ operation, payload }] } as never);
}

/** The payload of an answer. @throws TypeError where it is a refusal */
export function payloadIn<O extends OperationName>(answer: Buffer): ResponsePayload<O> {
  const [item] = decodeResponse(answer, { unknownFields: "ignore" }).items;
  if (item?.resultStatus !== ENUM.ResultStatus.Success) {
    const reason = enumerationName("ResultReason", item?.resultReason ?? 0);
    throw new TypeError(`The server refused: ${reason}: ${item?.resultMessage}`);
  }
  return item.payload as ResponsePayload<O>;
}

const KEY: readonly Attribute[] = [
  { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.AES },
  { name: "CryptographicLength", value: 256 },
  { name: "CryptographicUsageMask", value: 12 },
];

/** Makes an AES-256 key for encryption. */
export const createKey = (): Buffer =>
  frame("Create", { objectType: ENUM.ObjectType.SymmetricKey, attributes: [...KEY] });

export const activate = (uniqueIdentifier: string): Buffer => frame("Activate", { uniqueIdentifier });
export const get = (uniqueIdentifier: string): Buffer => frame("Get", { uniqueIdentifier });

/** Encrypts 32 bytes by AES-CBC with padding under an IV that the server chooses. */
export const encrypt = (uniqueIdentifier: string): Buffer =>
  frame("Encrypt", {
    uniqueIdentifier,
    cryptographicParameters: {
      cryptographicAlgorithm: ENUM.CryptographicAlgorithm.AES,
      blockCipherMode: ENUM.BlockCipherMode.CBC,
      paddingMethod: ENUM.PaddingMethod.PKCS5,
      randomIv: true,
    },
    data: Buffer.alloc(32, 0x61),
  });
