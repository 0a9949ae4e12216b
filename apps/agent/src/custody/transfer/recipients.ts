import { CryptoError, readTransferKey, type TransferForm, type TransferKey } from "@holdfast/crypto";
import { recipientHash, wordsOf } from "@holdfast/protocol";
import { AdmissionError } from "../../admission/errors.ts";
import { KeptFiles } from "./kept-files.ts";

const ENDING = ".recipient";
const MAX_KEY_BYTES = 8192;

/** A public key that was given to this agent directly, and never through a control plane. */
export interface Recipient {
  readonly key: string;
  readonly kind: TransferKey["kind"];
  readonly words: readonly string[];
}

/** Public keys of those who may be handed keys: each given at this agent's own command line, named by its hash. */
export class Recipients {
  readonly #files: KeptFiles;

  constructor(folder: string) {
    this.#files = new KeptFiles(folder);
  }

  /** Takes a public key in. @throws {@link AdmissionError} `E_ARGS` for one that keys cannot be sealed to */
  introduce(given: Uint8Array): Recipient {
    const { kind, bytes } = readKey(given);
    const key = recipientHash(bytes);
    this.#files.put(key + ENDING, bytes);
    return { key, kind, words: wordsOf(key) };
  }

  /**
   * The public key of that hash, for a form that it fits.
   *
   * @throws {@link AdmissionError} `E_INTRO` for one that this agent was not given, `E_ARGS` for another kind of key
   */
  get(key: string, form: TransferForm): Uint8Array {
    const bytes = this.#files.find(key + ENDING, MAX_KEY_BYTES);
    if (bytes === null || recipientHash(bytes) !== key)
      throw new AdmissionError("E_INTRO", "The recipient's public key was not given to this key server.");
    const { kind } = readKey(bytes);
    if ((kind === "p256") !== (form === "hpke"))
      throw new AdmissionError("E_ARGS", "HPKE takes a P-256 key, the RSA forms an RSA key.");
    return bytes;
  }
}

function readKey(given: Uint8Array): TransferKey {
  try {
    return readTransferKey(given);
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new AdmissionError("E_ARGS", "A recipient's key is a public key of P-256, or of RSA with 2048 bits or more.");
  }
}
