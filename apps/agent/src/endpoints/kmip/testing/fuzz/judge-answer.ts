import { decodeResponse, decodeTtlv, ENUM, enumerationName } from "@holdfast/kmip";

/**
 * What an answer came to: the reason of its first refusal, or `Success` (an answer to be asked for later included).
 *
 * @throws KmipError when it is no well-formed response message
 */
export function judgeAnswer(answer: Buffer): string {
  decodeTtlv(answer);
  const { items } = decodeResponse(answer);
  if (items.length === 0) return "no items";
  const pending = items.filter(({ resultStatus }) => resultStatus === ENUM.ResultStatus.OperationPending);
  if (pending.some(({ asynchronousCorrelationValue: value }) => value === undefined)) {
    throw new TypeError("a pending answer that nobody can ask for");
  }
  const refused = items.find((item) => item.resultStatus !== ENUM.ResultStatus.Success && !pending.includes(item));
  if (refused === undefined) return "Success";
  if (refused.resultReason === undefined) throw new TypeError("a refusal without a reason");
  return enumerationName("ResultReason", refused.resultReason) ?? String(refused.resultReason);
}
