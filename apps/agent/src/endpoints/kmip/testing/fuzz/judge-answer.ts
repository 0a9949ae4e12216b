import { decodeResponse, decodeTtlv, ENUM, enumerationName } from "@holdfast/kmip";

/**
 * What an answer came to: the reason of its first refusal, or `Success`.
 *
 * @throws KmipError when it is no well-formed response message
 */
export function judgeAnswer(answer: Buffer): string {
  decodeTtlv(answer);
  const { items } = decodeResponse(answer);
  if (items.length === 0) return "no items";
  const refused = items.find(({ resultStatus }) => resultStatus !== ENUM.ResultStatus.Success);
  if (refused === undefined) return "Success";
  if (refused.resultReason === undefined) throw new TypeError("a refusal without a reason");
  return enumerationName("ResultReason", refused.resultReason) ?? String(refused.resultReason);
}
