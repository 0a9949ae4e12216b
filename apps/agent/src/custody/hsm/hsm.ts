import {
  establishTokenKek,
  HsmError,
  type KeyEncryptionKey,
  openTokenKek,
  type Pkcs11Uri,
  parsePkcs11Uri,
  Token,
  type TokenFacts,
  type TokenKek,
} from "@holdfast/crypto";
import type { DeclaredToken } from "@holdfast/custody-report";
import { findBinding, findModule } from "./find-module.ts";
import type { HsmSource } from "./hsm-source.ts";
import { RefusedPins, readPinFile } from "./pin-file.ts";

/** A token chosen by a person, with the PIN where the URI names no file of it. */
export interface HsmChoice {
  readonly kind: "pkcs11";
  readonly uri: string;
  readonly pin?: string;
}

/** What is known of the token now. */
export interface HsmState {
  /** `closed`: not looked for yet, or left when the agent was sealed. */
  readonly state: "present" | "gone" | "closed";
  /** Why it is not present, the code of the last refusal; null while it is. */
  readonly code: string | null;
  readonly facts: TokenFacts | null;
}

/** A token's key that opened the agent and does no more. */
export interface KeyBefore {
  readonly label: string;
  /** As it was given to `init` or `rekey`. */
  readonly uri: string;
  readonly serial: string;
  /** Whether it was destroyed in the token. */
  readonly removed: boolean;
  /** Why it was not; null where it was. */
  readonly why: string | null;
}

/** Told of each use of the token that held up the agent. */
export type SlowListener = (op: string, ms: number) => void;

/**
 * The token that this agent's key-encryption key is in: opened to unseal, watched in service, closed when sealed.
 *
 * A wrong PIN is given to the token once: neither this process nor the next one gives it again by itself.
 */
export class Hsm {
  readonly source: HsmSource;
  readonly #uri: Pkcs11Uri;
  readonly #dataDirectory: string;
  readonly #refused: RefusedPins;
  #token: Token | null = null;
  #opening: Promise<Token> | null = null;
  #code: string | null = null;
  #facts: TokenFacts | null = null;
  /** Told of each use that took long. */
  onSlow: SlowListener = () => {};

  constructor(source: HsmSource, dataDirectory: string) {
    this.source = source;
    this.#uri = parsePkcs11Uri(source.uri);
    this.#dataDirectory = dataDirectory;
    this.#refused = new RefusedPins(dataDirectory);
  }

  /** The open token. @throws {@link HsmError} `E_HSM_GONE` */
  get token(): Token {
    if (this.#token === null) throw new HsmError("E_HSM_GONE");
    return this.#token;
  }

  get state(): HsmState {
    if (this.#token === null && this.#code === null) return { state: "closed", code: null, facts: this.#facts };
    const facts = this.#token?.facts ?? this.#facts;
    return { state: this.#code === null ? "present" : "gone", code: this.#code, facts };
  }

  /** What the token said of itself when it was opened, as reports show it; null before. */
  get declared(): DeclaredToken | null {
    const { facts } = this.state;
    if (facts === null) return null;
    const { label, manufacturer, model, serial, firmware } = facts;
    return {
      label: plain(label),
      manufacturer: plain(manufacturer),
      model: plain(model),
      serial: plain(serial),
      firmware: plain(firmware),
    };
  }

  /** Figures of the token's use; null while it is closed. */
  get counters(): Token["counters"] | null {
    return this.#token?.counters ?? null;
  }

  /** Whether nobody has to come: the PIN is in a file, or the token asks for it by itself. */
  get unattended(): boolean {
    return this.#uri.pinFile !== undefined;
  }

  /**
   * Opens the token and gets the key-encryption key back.
   *
   * @param pin - Given by a person; from the file that the URI names when absent.
   * A PIN in an unchanged file that was refused before is not given again, whoever asks: a token locks after a few.
   *
   * @param byItself - Nobody asked for it: none is given to a token that warns either.
   * @throws {@link HsmError}, {@link CryptoError} `E_KEK`, {@link CustodyError} `E_KEK_PATH`
   */
  async openKek(pin: string | undefined, byItself: boolean): Promise<KeyEncryptionKey> {
    try {
      const token = await this.#open(pin, byItself);
      const kek = openTokenKek(token, this.source.kek);
      this.#code = null;
      return kek;
    } catch (cause) {
      this.#code = cause instanceof HsmError ? cause.code : "E_KEK";
      throw cause;
    }
  }

  /** Looks whether the token is there and is the one that is meant. Nothing waits for it. */
  async probe(): Promise<boolean> {
    // One that is being opened just now is not gone.
    await this.#opening?.catch(() => null);
    const token = this.#token;
    if (token === null) return false;
    try {
      this.#facts = await token.probe();
      this.#code = null;
    } catch (cause) {
      this.#code = cause instanceof HsmError ? cause.code : "E_HSM_FAULT";
    }
    return this.#code === null;
  }

  /**
   * Destroys this agent's own key in the token, which opens it no more. One that a person named stays: others may use it.
   * What fails is told and stops nothing.
   *
   * @param aid - Whose key it would be.
   * @param now - What opens the agent now.
   */
  forgetKek(aid: string, now: { readonly kind: string; readonly kek?: TokenKek }): KeyBefore | null {
    const { uri, kek } = this.source;
    const { label, id, serial } = kek;
    if (now.kek !== undefined && now.kek.label === label && now.kek.id === id) return null; // or a clone of it
    const about = { label, uri, serial };
    if (label !== ownLabel(aid))
      return { ...about, removed: false, why: "it was named in the URI, and others may use it" };
    try {
      const removed = this.token.callSync("destroy", { id: Buffer.from(id, "hex"), label }) > 0;
      return { ...about, removed, why: removed ? null : "it was not found there" };
    } catch (cause) {
      return { ...about, removed: false, why: `the token did not do it: ${(cause as Error).message}` };
    }
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => null);
    const token = this.#token;
    this.#token = null;
    if (token === null) return;
    this.#facts = token.facts;
    await token.close();
  }

  /** One at a time: a token that is opened twice would stay open once. */
  #open(pin: string | undefined, byItself: boolean): Promise<Token> {
    const before = this.#opening?.catch(() => null) ?? Promise.resolve(null);
    this.#opening = before.then(() => this.#openNow(pin, byItself));
    return this.#opening;
  }

  async #openNow(pin: string | undefined, byItself: boolean): Promise<Token> {
    if (this.#token !== null) {
      await this.#token.probe();
      return this.#token;
    }
    const { pinFile } = this.#uri;
    const fromFile = pin === undefined ? pinFile : undefined;
    if (fromFile !== undefined) this.#requireNewPin(fromFile);
    try {
      const opened = await openToken(this.#uri, {
        pin,
        dataDirectory: this.#dataDirectory,
        careful: byItself,
        serial: this.source.kek.serial,
        onSlow: (op, ms) => this.onSlow(op, ms),
      });
      this.#refused.taken(fromFile !== undefined || (pin !== undefined && this.#isInFile(pin)));
      this.#token = opened;
      this.#facts = opened.facts;
      return opened;
    } catch (cause) {
      const refused = cause instanceof HsmError && cause.code === "E_HSM_PIN" && cause.detail.ckr !== undefined;
      if (!refused) throw cause;
      if (fromFile === undefined) this.#refused.note();
      else this.#withPinIn(fromFile, (read) => this.#refused.note({ pinFile: fromFile, pin: read }));
      throw this.#pinRefusal(cause.message, fromFile, cause.detail);
    }
  }

  /** @throws {@link HsmError} `E_HSM_PIN` where the token refused what is in the file */
  #requireNewPin(path: string): void {
    const before = this.#withPinIn(path, (read) => this.#refused.has(path, read));
    if (before)
      throw this.#pinRefusal("The token refused the PIN in this file before; it was not given again.", path, {});
  }

  #pinRefusal(what: string, path: string | undefined, detail: HsmError["detail"]): HsmError {
    const { tries } = this.#refused;
    const count = `${tries} wrong ${tries === 1 ? "PIN was" : "PINs were"} given since the last right one.`;
    const about = path === undefined ? { ...detail, tries } : { ...detail, path, tries };
    return new HsmError("E_HSM_PIN", `${what} ${count}`, about, nextOf(path));
  }

  #isInFile(pin: string): boolean {
    const { pinFile } = this.#uri;
    if (pinFile === undefined) return false;
    try {
      return this.#withPinIn(pinFile, (read) => read.equals(Buffer.from(pin, "utf8")));
    } catch {
      return false;
    }
  }

  #withPinIn<T>(path: string, use: (pin: Buffer) => T): T {
    const pin = readPinFile(path, this.#dataDirectory);
    try {
      return use(pin);
    } finally {
      pin.fill(0);
    }
  }
}

/** Name of an agent's key in a token, where its URI names none. */
function ownLabel(aid: string): string {
  return `holdfast-kek-${aid}`;
}

/** What a person does about a PIN that was refused. */
function nextOf(path: string | undefined): string {
  const locks = "A token locks after a few wrong ones, often three.";
  if (path === undefined) return `Check the PIN before you give it again: \`holdfast-agent unseal\`. ${locks}`;
  return `Write the right PIN into ${path}, then \`holdfast-agent unseal\`; or give it by hand: \`holdfast-agent unseal --passphrase-file OTHER\`. ${locks}`;
}

/**
 * Makes a key-encryption key under a key of the token: the one that the URI names (`object`), or a new one of that name.
 *
 * @returns what undoes it as well: a key that was made here is removed again.
 * @throws {@link HsmError}, {@link CustodyError} `E_KEK_PATH`
 */
export async function establishHsmKek(
  { uri: text, pin }: HsmChoice,
  aid: string,
  dataDirectory: string,
): Promise<{ kek: KeyEncryptionKey; source: HsmSource; undo: () => Promise<void> }> {
  const uri = parsePkcs11Uri(text);
  if (uri.type !== undefined && uri.type !== "secret-key")
    throw new HsmError("E_HSM_URI", "The key-encryption key is a secret key: type=secret-key, or none.");
  const token = await openToken(uri, { pin, dataDirectory, careful: false });
  try {
    const named = { label: uri.object ?? ownLabel(aid), ...(uri.id === undefined ? {} : { id: uri.id }) };
    const { kek, source, made } = establishTokenKek(token, named);
    const undo = async (): Promise<void> => {
      if (!made) return;
      const again = await openToken(uri, { pin, dataDirectory, careful: true });
      again.callSync("destroy", { id: Buffer.from(source.id, "hex"), label: source.label });
      await again.close();
    };
    return { kek, source: { kind: "pkcs11", uri: text, kek: source }, undo };
  } finally {
    await token.close();
  }
}

async function openToken(
  uri: Pkcs11Uri,
  how: {
    readonly pin: string | undefined;
    readonly dataDirectory: string;
    readonly careful: boolean;
    /** Of the token that is meant, once it is known. */
    readonly serial?: string;
    readonly onSlow?: SlowListener;
  },
): Promise<Token> {
  const { pin: given, dataDirectory, careful, serial, onSlow } = how;
  const pin =
    given !== undefined
      ? Buffer.from(given, "utf8")
      : uri.pinFile === undefined
        ? null
        : readPinFile(uri.pinFile, dataDirectory);
  const { token, manufacturer, model, slotId } = uri;
  const choice = Object.fromEntries(
    Object.entries({ token, serial: uri.serial, manufacturer, model, slotId }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  try {
    return await Token.open({
      binding: findBinding(),
      module: findModule(uri),
      choice,
      pin,
      careful,
      ...(serial === undefined ? {} : { expectSerial: serial }),
      ...(onSlow === undefined ? {} : { onSlow }),
    });
  } finally {
    pin?.fill(0);
  }
}

/** A module's words on paper: printable ASCII. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 32);
}
