import { HoldfastError } from "@holdfast/protocol";

/** Why a file of keys cannot be read, or sealed keys cannot be opened. */
export type TransferErrorCode = "E_KEY_FILE" | "E_KEY_PASSPHRASE" | "E_IMPORT_KEY" | "E_EXPORT_OPEN";

const NEXT: Readonly<Record<TransferErrorCode, string>> = {
  E_KEY_FILE: "See docs/operate/import.md for the forms that are read, and what each option says of them.",
  E_KEY_PASSPHRASE: "Give the file's own passphrase at the terminal or with --passphrase-file.",
  E_IMPORT_KEY:
    "Do not seal anything to it. Fetch the offer again from the key server itself, and compare the words with its console.",
  E_EXPORT_OPEN: "Use the private key whose public key was named when the keys were let out.",
};

/** A refusal for whoever handles keys in files. It never holds anything of a key. */
export class TransferError extends HoldfastError<TransferErrorCode> {
  readonly code: TransferErrorCode;
  readonly next: string;

  constructor(code: TransferErrorCode, what: string) {
    super(what);
    this.name = "TransferError";
    this.code = code;
    this.next = NEXT[code];
  }
}
