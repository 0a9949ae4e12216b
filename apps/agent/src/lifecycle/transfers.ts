import type { Command, ImportedKey, ImportOffer, VerifiedIntroductions } from "@holdfast/protocol";
import type { MadeKey } from "./act.ts";
import type { IssuedFile } from "./client-issuer.ts";

/** Versions of one object that were opened, in rising order. */
export type TakenIn = readonly { readonly version: number; readonly made: MadeKey }[];

/** What was made ready for a command before its transaction, because that awaits nothing. */
export type Prepared =
  | {
      readonly act: "import.begin";
      /** docHash of the offer. */
      readonly offer: string;
      readonly exp: number;
    }
  | { readonly act: "import.commit"; readonly taken: ReadonlyMap<string, TakenIn> }
  | {
      readonly act: "export.wrap";
      /** docHash of the export that the files hold. */
      readonly hash: string;
      readonly files: readonly IssuedFile[];
    };

/** Sealed keys that this agent has received and that wait for a command. */
export interface Received {
  /** How a command names them: `intro:` and a hash. */
  readonly reference: string;
  /** Words to be read out to whoever approves. */
  readonly words: readonly string[];
  /** Words of the bytes, which whoever sealed them sees too. */
  readonly sealedWords: readonly string[];
  readonly import: ImportOffer;
  readonly items: readonly ImportedKey[];
}

/** What this agent was given to take in. */
export interface ReceivedImports {
  /** @throws {@link AdmissionError} `E_INTRO`, `E_PRESTATE` */
  find(reference: string): Received;
}

/** Import and export as commands need them. Implemented by custody/transfer. */
export interface Transfers {
  readonly received: ReceivedImports;
  /**
   * Makes ready what an admitted command will record: a session's key, opened keys, wrapped keys; null for every other
   * act.
   *
   * Sealed keys are opened once: if that fails their session is over.
   *
   * @throws {@link AdmissionError} `E_PRESTATE`, `E_INTRO`, `E_IMPORT_OPEN`, `E_IMPORT_WEAK`, `E_NOT_EXTRACTABLE`
   */
  prepare(command: Command, hash: string, introduced: VerifiedIntroductions): Promise<Prepared | null>;
  /** Ends what the command used up. Caller must: have it durable. */
  applied(command: Command): void;
  /** Drops what was made ready for a command that was not applied after all. */
  dropped(prepared: Prepared, hash: string): void;
}
