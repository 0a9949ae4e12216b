import { CKF, type CkHandle, type CkTokenInfo, type Cryptoki } from "../cryptoki.ts";
import { HsmError } from "../hsm-error.ts";
import type { TokenChoice, TokenFacts } from "../request.ts";
import { asRefusal, remedyOf, returnValueOf } from "./token-fault.ts";

const CKF_OS_LOCKING_OK = 2;
const CKF_SERIAL_SESSION = 4;
const CKF_RW_SESSION = 2;
const CKU_USER = 1;
const CKR_USER_ALREADY_LOGGED_IN = 0x100;
const CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;
const CKR_SESSION_COUNT = 0xb1;
const PIN_WARNINGS = CKF.userPinCountLow | CKF.userPinFinalTry | CKF.userPinLocked;
/** While the token is gone it is looked for no more often than this; everything in between is refused at once. */
const LOOK_AGAIN_MS = 1_000;

/** How a connection is made. */
export interface ConnectionOptions {
  readonly cryptoki: Cryptoki;
  readonly choice: TokenChoice;
  /** Null where the token asks for the PIN itself, or needs none. */
  readonly pin: Buffer | null;
  readonly maxSessions: number;
  /** The PIN is not given to a token that warns that a wrong one was given before. */
  readonly careful: boolean;
  readonly expectSerial: string | null;
}

/**
 * One token: its sessions, the login, and the way back when either is lost.
 *
 * A lost session or login is renewed once and the call repeated. A token that is gone is looked for by its serial
 * number, with the module started anew. A PIN that was refused is never given again by itself.
 */
export class TokenConnection {
  readonly #parts: ConnectionOptions;
  readonly #idle: CkHandle[] = [];
  #slot: CkHandle | null = null;
  /** Holds the login while no other session is open. */
  #anchor: CkHandle | null = null;
  #open = 0;
  #facts: TokenFacts | null = null;
  #pinRefused: HsmError | null = null;
  #goneAt = Number.NEGATIVE_INFINITY;
  /** Told when handles of objects are no longer good. */
  onLost: () => void = () => {};

  constructor(parts: ConnectionOptions) {
    this.#parts = parts;
  }

  get cryptoki(): Cryptoki {
    return this.#parts.cryptoki;
  }

  /** @throws {@link HsmError} `E_HSM_GONE`, `E_HSM_TOKEN`, `E_HSM_PIN`, `E_HSM_PIN_LOCKED`, `E_HSM_FAULT` */
  connect(): TokenFacts {
    try {
      const fresh = this.#initialize();
      try {
        this.#enter();
      } catch (cause) {
        // A module that was started before may not see what has changed since.
        const unseen = cause instanceof HsmError && (cause.code === "E_HSM_GONE" || cause.code === "E_HSM_TOKEN");
        if (fresh || !unseen) throw cause;
        quietly(() => this.cryptoki.C_Finalize());
        this.#initialize();
        this.#enter();
      }
    } catch (cause) {
      throw remedyOf(cause) === "unclear" ? new HsmError("E_HSM_GONE") : asRefusal(cause);
    }
    return this.#facts as TokenFacts;
  }

  /** Whether the token is there, looked at now; a lost one is looked for. */
  probe(): TokenFacts {
    this.#goneAt = Number.NEGATIVE_INFINITY;
    return this.use((session) => {
      this.cryptoki.C_GetSessionInfo(session);
      return this.#present();
    });
  }

  /** Does something in a session of its own. @param repeats - Whether it may be done twice when the first try fails. */
  use<T>(work: (session: CkHandle) => T, repeats = true): T {
    return this.#recover(() => this.#inSession(work), repeats);
  }

  /** The same for work that takes long: others go on in their sessions. It is not repeated. */
  async useLater<T>(work: (session: CkHandle) => Promise<T>): Promise<T> {
    const session = this.#recover(() => this.#take(), true);
    try {
      const value = await work(session);
      this.#idle.push(session);
      return value;
    } catch (cause) {
      this.#closeSession(session);
      throw this.#judged(cause);
    }
  }

  /** @throws what says that the token is gone, when it is: an object that is not found may be one that cannot be seen */
  assertPresent(): void {
    this.#present();
  }

  close(finalize: boolean): void {
    this.#leave();
    this.#parts.pin?.fill(0);
    if (!finalize) return;
    quietly(() => this.cryptoki.C_Finalize());
    quietly(() => this.cryptoki.close());
  }

  #recover<T>(work: () => T, repeats: boolean): T {
    if (performance.now() - this.#goneAt < LOOK_AGAIN_MS) throw new HsmError("E_HSM_GONE");
    try {
      if (this.#anchor === null) this.#comeBack("gone");
      return work();
    } catch (cause) {
      const remedy = this.#remedyNow(cause);
      if (remedy === "none") throw this.#judged(cause);
      this.#comeBack(remedy);
      if (!repeats) throw asRefusal(cause);
    }
    try {
      return work();
    } catch (cause) {
      throw this.#judged(cause);
    }
  }

  #remedyNow(cause: unknown): "none" | "session" | "gone" {
    const remedy = remedyOf(cause);
    if (remedy !== "unclear") return remedy;
    return this.#isPresent() ? "none" : "gone";
  }

  #isPresent(): boolean {
    try {
      this.#present();
      return true;
    } catch {
      return false;
    }
  }

  /** What the binding threw stays as it is, for the operation to judge; that the token is gone is said so. */
  #judged(cause: unknown): unknown {
    return returnValueOf(cause) !== null && remedyOf(cause) === "unclear" && !this.#isPresent()
      ? new HsmError("E_HSM_GONE")
      : cause;
  }

  #comeBack(remedy: "session" | "gone"): void {
    this.#leave();
    try {
      if (remedy === "session") {
        try {
          this.#enter();
          return;
        } catch (cause) {
          if (cause instanceof HsmError && cause.code.startsWith("E_HSM_PIN")) throw cause;
          this.#leave();
        }
      }
      quietly(() => this.cryptoki.C_Finalize());
      this.#initialize();
      this.#enter();
    } catch (cause) {
      this.#leave();
      this.#goneAt = performance.now();
      if (cause instanceof HsmError && cause.code !== "E_HSM_FAULT") throw cause;
      throw new HsmError("E_HSM_GONE", undefined, asRefusal(cause).detail);
    }
  }

  /** @returns whether the module was started by this */
  #initialize(): boolean {
    try {
      this.cryptoki.C_Initialize({ flags: CKF_OS_LOCKING_OK });
      return true;
    } catch (cause) {
      if (returnValueOf(cause) !== CKR_CRYPTOKI_ALREADY_INITIALIZED) throw cause;
      return false;
    }
  }

  #enter(): void {
    const slot = this.#findSlot();
    this.#slot = slot;
    const session = this.cryptoki.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION);
    this.#anchor = session;
    const info = this.cryptoki.C_GetTokenInfo(slot);
    this.#login(session, info);
    this.#facts = factsOf(info, this.cryptoki.C_GetMechanismList(slot));
  }

  #login(session: CkHandle, { flags }: CkTokenInfo): void {
    if ((flags & CKF.loginRequired) === 0) return;
    if (this.#pinRefused !== null) throw this.#pinRefused;
    const { pin } = this.#parts;
    const asksItself = (flags & CKF.protectedAuthenticationPath) !== 0;
    if (this.#facts === null && this.#parts.careful && (flags & PIN_WARNINGS) !== 0)
      throw new HsmError("E_HSM_PIN", "The token warns that a wrong PIN was given before.");
    if (pin === null && !asksItself) throw new HsmError("E_HSM_PIN", "The token asks for a PIN.");
    try {
      if (pin === null) this.cryptoki.C_Login(session, CKU_USER);
      else this.cryptoki.C_Login(session, CKU_USER, pin.toString("utf8"));
    } catch (cause) {
      if (returnValueOf(cause) === CKR_USER_ALREADY_LOGGED_IN) return;
      const refusal = asRefusal(cause);
      if (!(refusal instanceof HsmError) || !refusal.code.startsWith("E_HSM_PIN")) throw cause;
      this.#pinRefused = refusal;
      throw refusal;
    }
  }

  /**
   * @throws {@link HsmError} `E_HSM_GONE` when no token fits, `E_HSM_TOKEN` when more than one does, or another than the
   * one that is meant
   */
  #findSlot(): CkHandle {
    const { choice, expectSerial } = this.#parts;
    const serial = this.#facts?.serial ?? expectSerial;
    const fitting = this.cryptoki.C_GetSlotList(true).flatMap((slot) => {
      try {
        const info = this.cryptoki.C_GetTokenInfo(slot);
        return fits(slot, info, choice) ? [{ slot, serial: text(info.serialNumber) }] : [];
      } catch {
        return [];
      }
    });
    const meant = serial === null ? fitting : fitting.filter((each) => each.serial === serial);
    if (meant.length > 1) throw new HsmError("E_HSM_TOKEN", "More than one token fits: name its serial number.");
    const [found] = meant;
    if (found !== undefined) return found.slot;
    if (fitting.length === 0 || serial === null) throw new HsmError("E_HSM_GONE");
    throw new HsmError("E_HSM_TOKEN", "Another token is connected in its place.", { expected: serial });
  }

  #present(): TokenFacts {
    const slot = this.#slot;
    if (slot === null || this.#facts === null) throw new HsmError("E_HSM_GONE");
    const info = this.cryptoki.C_GetTokenInfo(slot);
    if (text(info.serialNumber) !== this.#facts.serial) throw new HsmError("E_HSM_GONE");
    this.#facts = { ...this.#facts, flags: info.flags };
    return this.#facts;
  }

  #inSession<T>(work: (session: CkHandle) => T): T {
    const session = this.#take();
    let value: T;
    try {
      value = work(session);
    } catch (cause) {
      this.#closeSession(session);
      throw cause;
    }
    this.#idle.push(session);
    return value;
  }

  #take(): CkHandle {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#slot === null) throw new HsmError("E_HSM_GONE");
    if (this.#open >= this.#parts.maxSessions)
      throw new HsmError("E_HSM_BUSY", "All of the token's sessions are in use.");
    try {
      const session = this.cryptoki.C_OpenSession(this.#slot, CKF_SERIAL_SESSION | CKF_RW_SESSION);
      this.#open += 1;
      return session;
    } catch (cause) {
      if (returnValueOf(cause) === CKR_SESSION_COUNT)
        throw new HsmError("E_HSM_BUSY", "The token has no session left.");
      throw cause;
    }
  }

  #closeSession(session: CkHandle): void {
    this.#open = Math.max(0, this.#open - 1);
    quietly(() => this.cryptoki.C_CloseSession(session));
  }

  #leave(): void {
    for (const session of this.#idle.splice(0)) quietly(() => this.cryptoki.C_CloseSession(session));
    const anchor = this.#anchor;
    if (anchor !== null) quietly(() => this.cryptoki.C_CloseSession(anchor));
    this.#anchor = null;
    this.#slot = null;
    this.#open = 0;
    this.onLost();
  }
}

function fits(slot: CkHandle, info: CkTokenInfo, wanted: TokenChoice): boolean {
  if ((info.flags & CKF.tokenInitialized) === 0) return false;
  const same = (given: string | undefined, is: string) => given === undefined || given === text(is);
  return (
    same(wanted.token, info.label) &&
    same(wanted.serial, info.serialNumber) &&
    same(wanted.manufacturer, info.manufacturerID) &&
    same(wanted.model, info.model) &&
    (wanted.slotId === undefined || wanted.slotId === slotNumber(slot))
  );
}

function slotNumber(slot: CkHandle): number {
  return slot.byteLength === 8 ? Number(slot.readBigUInt64LE()) : slot.readUInt32LE();
}

function factsOf(info: CkTokenInfo, mechanisms: readonly number[]): TokenFacts {
  const { major, minor } = info.firmwareVersion;
  return {
    label: text(info.label),
    serial: text(info.serialNumber),
    manufacturer: text(info.manufacturerID),
    model: text(info.model),
    firmware: `${major}.${minor}`,
    flags: info.flags,
    mechanisms: [...mechanisms],
  };
}

/** Fields are padded with blanks, by some with zeros. */
function text(padded: string): string {
  return padded.replace(/[\0 ]+$/, "");
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // It is being left anyway.
  }
}
