import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { CryptoError } from "../errors.ts";
import { CKF, MECHANISM_NAMES } from "./cryptoki.ts";
import { HsmError, type HsmErrorCode } from "./hsm-error.ts";
import { type Quirks, quirksOf } from "./quirks.ts";
import type { TokenAnswer, TokenCalls, TokenChoice, TokenFacts, TokenOp, TokenQuestion } from "./request.ts";

/** How a token is opened. */
export interface TokenOptions {
  /** Folder or file of the native binding (pkcs11js). */
  readonly binding: string;
  /** The vendor's module: an absolute path. */
  readonly module: string;
  readonly choice: TokenChoice;
  /** UTF-8. Null where the token asks for it by itself, or needs none. It is copied; the caller wipes its own. */
  readonly pin: Uint8Array | null;
  /** The PIN is not given to a token that warns that a wrong one was given before. */
  readonly careful?: boolean;
  /** Serial number of the token that is meant: another that fits is refused before it is given the PIN. */
  readonly expectSerial?: string;
  /** Sessions used at most beside the one that holds the login; 4 when absent. */
  readonly maxSessions?: number;
  /** How long one use of a key may hold up everything else, milliseconds; 5,000 when absent. */
  readonly patienceMs?: number;
  /** Told of each use that took longer than {@link SLOW_MS}, milliseconds. */
  readonly onSlow?: (op: string, ms: number) => void;
}

/** Uses that hold up everything else for longer than this are said aloud. */
export const SLOW_MS = 100;
const PATIENCE_MS = 5_000;
/** Making an RSA key may take a token a minute; nothing waits for it. */
const LONG_MS = 120_000;

/** Figures of a token's use since it was opened. */
export interface TokenCounters {
  calls: number;
  /** Seconds in which the agent waited for the token and did nothing else. */
  waitedSeconds: number;
  slow: number;
  refused: number;
}

/** Tokens open by module, so that the last one ends the module. */
const openOf = new Map<string, number>();

/**
 * A token behind its PKCS#11 module, spoken to by a thread of its own.
 *
 * Uses of keys ({@link callSync}) wait for the answer, as PKCS#11 is synchronous and so is the agent's hot path: never
 * longer than its patience; a token that has not answered by then is refused `E_HSM_BUSY` at once until it does. What
 * takes long by nature ({@link call}) waits for nobody.
 *
 * @see PKCS#11 v2.40
 */
export class Token {
  readonly counters: TokenCounters = { calls: 0, waitedSeconds: 0, slow: 0, refused: 0 };
  readonly module: string;
  #facts: TokenFacts;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #bell: Int32Array<SharedArrayBuffer>;
  readonly #patienceMs: number;
  readonly #onSlow: (op: string, ms: number) => void;
  readonly #waiting = new Map<number, (answer: TokenAnswer) => void>();
  #asked = 0;
  /** The question that a caller gave up on; until it is answered the token is busy. */
  #stuck: number | null = null;
  #closed = false;

  private constructor(options: TokenOptions) {
    this.module = options.module;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#onSlow = options.onSlow ?? (() => {});
    this.#facts = { label: "", serial: "", manufacturer: "", model: "", firmware: "", flags: 0, mechanisms: [] };
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#bell = new Int32Array(new SharedArrayBuffer(4));
    this.#worker = new Worker(new URL("./worker/token-worker.ts", import.meta.url), {
      workerData: { port: port2, bell: this.#bell },
      transferList: [port2],
      execArgv: [],
    });
    this.#worker.on("error", () => this.#fail());
    this.#worker.on("exit", () => this.#fail());
    this.#worker.unref();
    port1.on("message", (answer: TokenAnswer) => this.#settle(answer));
    port1.unref();
  }

  /**
   * Loads the module, finds the one token that is meant, and logs in.
   *
   * @throws {@link HsmError} `E_HSM_MODULE`, `E_HSM_GONE`, `E_HSM_TOKEN` when more than one fits, `E_HSM_PIN`,
   * `E_HSM_PIN_LOCKED`, `E_HSM_BUSY`, `E_HSM_FAULT`
   */
  static async open(options: TokenOptions): Promise<Token> {
    const token = new Token(options);
    const { binding, module, choice, maxSessions = 4, careful = false, expectSerial = null } = options;
    const pin = options.pin === null ? null : new Uint8Array(options.pin);
    openOf.set(module, (openOf.get(module) ?? 0) + 1);
    try {
      token.#facts = await token.call(
        "open",
        { binding, module, choice, pin, maxSessions, careful, expectSerial },
        LONG_MS,
      );
      return token;
    } catch (cause) {
      await token.close();
      throw cause;
    } finally {
      pin?.fill(0);
    }
  }

  get facts(): TokenFacts {
    return this.#facts;
  }

  get quirks(): Quirks {
    return quirksOf(this.#facts);
  }

  has(mechanism: number): boolean {
    return this.#facts.mechanisms.includes(mechanism);
  }

  /** @throws {@link HsmError} `E_HSM_MECHANISM` naming the first of the mechanisms that the token has not */
  require(...mechanisms: readonly number[]): void {
    const missing = mechanisms.find((mechanism) => !this.has(mechanism));
    if (missing === undefined) return;
    const name = mechanismName(missing);
    throw new HsmError("E_HSM_MECHANISM", `The token has no ${name}.`, { mechanism: name });
  }

  /** Looks whether the token is there, in its own time. @throws {@link HsmError} `E_HSM_GONE` and others of {@link open} */
  async probe(): Promise<TokenFacts> {
    const facts = await this.call("probe", {}, this.#patienceMs);
    this.#facts = facts;
    return facts;
  }

  /**
   * Uses the token and waits for the answer.
   *
   * @throws {@link HsmError} `E_HSM_BUSY` when it takes longer than the patience; what the worker refuses
   */
  callSync<Op extends TokenOp>(op: Op, ask: TokenCalls[Op]["ask"]): TokenCalls[Op]["answer"] {
    if (this.#closed) throw new HsmError("E_HSM_GONE");
    this.#drain();
    if (this.#stuck !== null) throw new HsmError("E_HSM_BUSY");
    const began = performance.now();
    const n = this.#send(op, ask);
    let found: TokenAnswer | null = null;
    while (found === null) {
      const heard = Atomics.load(this.#bell, 0);
      found = this.#drain(n);
      if (found !== null) break;
      const left = this.#patienceMs - (performance.now() - began);
      if (left <= 0 || Atomics.wait(this.#bell, 0, heard, left) === "timed-out") {
        found = this.#drain(n);
        if (found !== null) break;
        this.#stuck = n;
        this.#count(op, began);
        throw new HsmError("E_HSM_BUSY");
      }
    }
    this.#count(op, began);
    return this.#valueOf(found);
  }

  /** Asks the token and lets everything else go on. @throws as {@link callSync} */
  async call<Op extends TokenOp>(
    op: Op,
    ask: TokenCalls[Op]["ask"],
    patienceMs: number = LONG_MS,
  ): Promise<TokenCalls[Op]["answer"]> {
    if (this.#closed) throw new HsmError("E_HSM_GONE");
    const n = this.#send(op, ask);
    this.#port.ref();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(n);
        this.#stuck = n;
        reject(new HsmError("E_HSM_BUSY"));
      }, patienceMs);
      this.#waiting.set(n, (answer) => {
        clearTimeout(timer);
        if (this.#waiting.size === 0) this.#port.unref();
        try {
          resolve(this.#valueOf(answer));
        } catch (cause) {
          reject(cause as Error);
        }
      });
    });
  }

  /** Logs out and ends the thread. Keys of the token answer `E_HSM_GONE` afterwards. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const left = (openOf.get(this.module) ?? 1) - 1;
    openOf.set(this.module, left);
    if (this.#stuck === null) await this.call("close", { finalize: left === 0 }, this.#patienceMs).catch(() => null);
    this.#closed = true;
    this.#port.close();
    await this.#worker.terminate();
  }

  #send(op: TokenOp, ask: unknown): number {
    this.#asked += 1;
    const question: TokenQuestion = { n: this.#asked, op, ask };
    this.#port.postMessage(question);
    return this.#asked;
  }

  /** Takes in what has been answered; gives back the answer to `n`. */
  #drain(n?: number): TokenAnswer | null {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: TokenAnswer } | undefined;
      if (received === undefined) return null;
      if (received.message.n === n) return received.message;
      this.#settle(received.message);
    }
  }

  #settle(answer: TokenAnswer): void {
    if (answer.n === this.#stuck) this.#stuck = null;
    const take = this.#waiting.get(answer.n);
    this.#waiting.delete(answer.n);
    take?.(answer);
  }

  #valueOf<T>({ value, refused }: TokenAnswer): T {
    if (refused === undefined) return value as T;
    this.counters.refused += 1;
    const { code, message, detail } = refused;
    if (!code.startsWith("E_HSM_")) throw new CryptoError(code, message, detail);
    throw new HsmError(code as HsmErrorCode, message, detail);
  }

  #count(op: string, began: number): void {
    const ms = performance.now() - began;
    this.counters.calls += 1;
    this.counters.waitedSeconds += ms / 1000;
    if (ms <= SLOW_MS) return;
    this.counters.slow += 1;
    this.#onSlow(op, ms);
  }

  /** The thread ended by itself: whoever waits is told. */
  #fail(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const [n, take] of [...this.#waiting]) {
      this.#waiting.delete(n);
      take({ n, refused: { code: "E_HSM_FAULT", detail: {} } });
    }
  }
}

/** A mechanism's name, or its number where it has none here. */
export function mechanismName(mechanism: number): string {
  return MECHANISM_NAMES.get(mechanism) ?? `0x${mechanism.toString(16)}`;
}

/** What a token says of its PIN: a wrong one was given, one try is left, none is. Null when all is well. */
export function pinWarningOf({ flags }: TokenFacts): "low" | "final" | "locked" | null {
  if ((flags & CKF.userPinLocked) !== 0) return "locked";
  if ((flags & CKF.userPinFinalTry) !== 0) return "final";
  return (flags & CKF.userPinCountLow) !== 0 ? "low" : null;
}
