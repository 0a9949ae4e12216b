import { type ENUM, enumerationName } from "@holdfast/kmip";
import { HoldfastError } from "@holdfast/protocol";

/** A Result Reason by its name. The newest words are used: older versions are told the nearest that they have. */
export type ReasonName = keyof typeof ENUM.ResultReason;

/** The endpoint's own refusal of an operation, in KMIP's words. @see KMIP 2.1 section 11.50 (Result Reason) */
export class KmipRefusedError extends HoldfastError<"E_KMIP_REFUSED"> {
  readonly code = "E_KMIP_REFUSED";
  readonly reason: ReasonName;

  constructor(reason: ReasonName, message: string) {
    super(message);
    this.name = "KmipRefusedError";
    this.reason = reason;
  }
}

/** Refuses an operation. @throws {@link KmipRefusedError} */
export function refuse(reason: ReasonName, message: string): never {
  throw new KmipRefusedError(reason, message);
}

/** Refuses a value of an enumeration that the key server has no use for. @throws {@link KmipRefusedError} */
export function refuseValue(enumeration: Parameters<typeof enumerationName>[0], value: number): never {
  const name = enumerationName(enumeration, value) ?? `0x${value.toString(16)}`;
  refuse("InvalidField", `${enumeration} ${name} is not served here.`);
}
