import { CryptoError, type CryptoErrorCode } from "../errors.ts";

/** Why a hardware security module, or what stands in for one, did not do what it was asked. */
export type HsmErrorCode = Extract<CryptoErrorCode, `E_HSM_${string}`>;

/** What a person can do about each. */
const NEXT: Readonly<Record<HsmErrorCode, string>> = {
  E_HSM_URI: "Write it as RFC 7512 says, for example 'pkcs11:token=NAME;object=KEY?module-path=/…/module.so'.",
  E_HSM_MODULE: "Run `npm run hsm:install`, and check the path of the vendor's PKCS#11 module in the URI.",
  E_HSM_GONE: "Connect the token again; the agent finds it by itself.",
  E_HSM_BUSY: "Wait a moment and try again; look at the token if it goes on.",
  E_HSM_PIN: "Check the PIN, then give it by hand once: `holdfast-agent unseal`.",
  E_HSM_PIN_LOCKED: "Have the token's security officer set a new PIN.",
  E_HSM_TOKEN: "Connect the token that this agent was made with; name another only with a new `init`.",
  E_HSM_KEY: "Put the token's own backup back, or restore a backup of the agent under a new key-encryption key.",
  E_HSM_MECHANISM: "Use an algorithm that the token has: `holdfast-agent doctor` lists its mechanisms.",
  E_HSM_FAULT: "Look at the token's own log and state; nothing was changed here.",
};

const LATER: ReadonlySet<HsmErrorCode> = new Set(["E_HSM_GONE", "E_HSM_BUSY", "E_HSM_FAULT"]);

/** A refusal of the PKCS#11 back end. `detail` has names of functions and return values of PKCS#11, never a PIN. */
export class HsmError extends CryptoError {
  declare readonly code: HsmErrorCode;
  override readonly retry: "never" | "later";
  /** The next step of the person who sees it. */
  readonly next: string;

  constructor(
    code: HsmErrorCode,
    message?: string,
    detail: Readonly<Record<string, string | number>> = {},
    next: string = NEXT[code],
  ) {
    super(code, message, detail);
    this.name = "HsmError";
    this.retry = LATER.has(code) ? "later" : "never";
    this.next = next;
  }
}
