import { join } from "node:path";
import {
  type Command,
  decodeBase64url,
  docHash,
  encodeBase64url,
  type ImportOffer,
  type Introduction,
  isSameImportedKey,
  MAX_SEALED_BYTES,
  parseSealedImport,
  referredHash,
  type SealedImport,
  sha256,
  type VerifiedIntroductions,
  wordsOf,
} from "@holdfast/protocol";
import { AdmissionError } from "../../admission/errors.ts";
import type { Introductions } from "../../introductions/introductions.ts";
import type { Keystore } from "../../keystore/keystore.ts";
import type { LogIndex } from "../../keystore/log-index.ts";
import type { Executor } from "../../lifecycle/executor.ts";
import { checkFree } from "../../lifecycle/import-commit.ts";
import type { Prepared, Received, ReceivedImports, Transfers } from "../../lifecycle/transfers.ts";
import type { ClockGuard } from "../../self-check/clock.ts";
import type { Unsealed } from "../custody.ts";
import { type ImportSession, ImportSessions } from "./import-sessions.ts";
import { makeExport } from "./make-export.ts";
import { dropTaken, openImport } from "./open-import.ts";

/** What imports and exports of one agent work with. */
export interface TransferParts {
  readonly dataDirectory: string;
  readonly tid: string;
  readonly aid: string;
  readonly keys: Unsealed;
  readonly keystore: Keystore;
  readonly index: LogIndex;
  readonly executor: Executor;
  readonly guard: ClockGuard;
  readonly introductions: Introductions;
}

/** Imports and exports of one agent: sessions, what was sealed to them, and recipients. */
export class AgentTransfers implements Transfers {
  readonly received: ReceivedImports = { find: (hash) => this.#received(hash) };
  readonly #sessions: ImportSessions;
  readonly #parts: TransferParts;

  constructor(parts: TransferParts) {
    const { dataDirectory, tid, aid, keys } = parts;
    const folder = join(dataDirectory, "transfer");
    this.#parts = parts;
    this.#sessions = new ImportSessions({ folder, tid, aid, keys });
    this.#sweep();
  }

  /** Imports that are open. */
  open(): ImportSession[] {
    return this.#sessions.all().filter(({ offer }) => this.#isOpen(offer));
  }

  /** An open import. @throws {@link AdmissionError} `E_PRESTATE` */
  session(importId: string): ImportSession {
    const session = this.#sessions.find(importId);
    if (session === null || !this.#isOpen(session.offer))
      throw new AdmissionError("E_PRESTATE", "No such import is open: it was used, has run out, or never began.");
    return session;
  }

  /**
   * Ends an open import: its one-time key is destroyed, and what was sealed to it opens nowhere.
   *
   * @throws {@link AdmissionError} `E_PRESTATE`
   */
  end(importId: string): void {
    this.#end(this.session(importId).offer.importId);
  }

  /**
   * Takes sealed keys in, to be opened when a command about them is admitted.
   *
   * @throws {@link ProtocolError} for another document; {@link AdmissionError} `E_PRESTATE` when its import is not open,
   *   `E_ARGS` when it does not fit it
   */
  receive(bytes: Uint8Array, label: string): Received {
    const sealed = parseSealedImport(bytes);
    const { importId } = sealed;
    checkFits(sealed, this.session(importId).offer);
    const content = contentHash(bytes);
    this.#sessions.keepSealed(content, bytes);
    const object = { kind: "import", importId, content, sizeBytes: bytes.length } as const;
    return this.#received(this.#parts.introductions.take(object, label, "cli").reference);
  }

  #received(reference: string): Received {
    const taken = this.#parts.introductions.find(referredHash(reference));
    if (taken === null) throw notGiven();
    const bytes = this.#sealed(taken.introduction);
    const { importId, items } = parseSealedImport(bytes);
    const { offer } = this.session(importId);
    const words = { words: wordsOf(taken.hash), sealedWords: wordsOf(docHash("sealed", bytes)) };
    return { reference, ...words, import: offer, items: items.map(({ key }) => key) };
  }

  #sealed(introduction: Introduction | undefined): Uint8Array {
    const { object } = introduction ?? {};
    if (object?.kind !== "import") throw notGiven();
    const bytes = this.#sessions.sealed(object.content, MAX_SEALED_BYTES);
    if (bytes === null || contentHash(bytes) !== object.content) throw notGiven();
    return bytes;
  }

  async prepare(command: Command, hash: string, introduced: VerifiedIntroductions): Promise<Prepared | null> {
    if (command.act === "import.begin") {
      const { form, most } = command.args;
      const { offer, signed } = await this.#sessions.begin(hash, { form, most, now: this.#parts.guard.time() });
      return { act: "import.begin", offer: docHash("import", Buffer.from(signed.doc, "base64url")), exp: offer.exp };
    }
    if (command.act === "import.commit") return this.#open(command, hash, introduced);
    if (command.act !== "export.wrap") return null;
    const { tid, aid, keystore } = this.#parts;
    const spki = recipientKey(command, introduced);
    const made = await makeExport(command, hash, { tid, aid, keystore, spki });
    const base64 = Buffer.from(made.bytes).toString("base64");
    const name = `export-${hash.slice(0, 8)}.json`;
    return { act: "export.wrap", hash: made.hash, files: [{ name, mediaType: "application/json", base64 }] };
  }

  applied(command: Command): void {
    if (command.act === "import.commit") this.#end(command.args.import);
  }

  dropped(prepared: Prepared, hash: string): void {
    if (prepared.act === "import.begin") this.#sessions.end(hash);
    if (prepared.act === "import.commit") dropTaken(prepared.taken);
  }

  async #open(command: Command<"import.commit">, hash: string, introduced: VerifiedIntroductions): Promise<Prepared> {
    const { import: importId, sealed: reference, items } = command.args;
    const { offer } = this.session(importId);
    const sealed = parseSealedImport(this.#sealed(introduced.get(referredHash(reference))));
    checkFits(sealed, offer);
    const same =
      sealed.items.length === items.length && sealed.items.every(({ key }, at) => isSameImportedKey(key, items[at]));
    if (sealed.importId !== importId || !same)
      throw new AdmissionError("E_ARGS", "The command says something else of the keys than whoever sealed them.");
    const { keystore, executor } = this.#parts;
    checkFree(items, { keystore });
    const opener = this.#sessions.opener(importId);
    if (opener === null) throw new AdmissionError("E_PRESTATE");
    try {
      const describe = executor.describeMaterial.bind(executor);
      return {
        act: "import.commit",
        taken: await openImport(command, hash, sealed, { offer, opener, keystore, describe }),
      };
    } catch (cause) {
      // A one-time key opens once, whatever comes of it.
      this.applied(command);
      throw cause;
    } finally {
      opener.zeroize();
    }
  }

  #isOpen({ importId, exp }: ImportOffer): boolean {
    const { index, guard } = this.#parts;
    return index.commandEntry(importId) !== null && !index.isImportOver(importId) && exp > guard.time();
  }

  /** Ends an import's one-time key, and with it all that was sealed to it. */
  #end(importId: string): void {
    this.#sessions.end(importId);
    this.#forgetSealed();
  }

  /** What a crash or its time has left over. */
  #sweep(): void {
    for (const { offer } of this.#sessions.all()) if (!this.#isOpen(offer)) this.#sessions.end(offer.importId);
    this.#forgetSealed();
  }

  #forgetSealed(): void {
    for (const hash of this.#sessions.sealedHashes()) {
      const bytes = this.#sessions.sealed(hash, MAX_SEALED_BYTES);
      const importId = bytes === null ? null : parseSealedImport(bytes).importId;
      if (importId === null || this.#sessions.find(importId) === null) this.#sessions.forgetSealed(hash);
    }
  }
}

/** The public key of an introduced recipient. @throws {@link AdmissionError} `E_INTRO`, `E_ARGS` */
function recipientKey({ args }: Command<"export.wrap">, introduced: VerifiedIntroductions): Uint8Array {
  const introduction = introduced.get(referredHash(args.recipient.key));
  if (introduction?.object.kind !== "recipient" || introduction.label !== args.recipient.label)
    throw new AdmissionError("E_INTRO", "The recipient's public key is not the one that was introduced.");
  return decodeBase64url(introduction.object.spki);
}

function contentHash(bytes: Uint8Array): string {
  return encodeBase64url(sha256(bytes));
}

function notGiven(): AdmissionError {
  return new AdmissionError("E_INTRO", "The sealed keys were not given to this key server.");
}

/** @throws {@link AdmissionError} `E_ARGS` */
function checkFits(sealed: SealedImport, offer: ImportOffer): void {
  const { tid, aid, form, items } = sealed;
  if (tid !== offer.tid || aid !== offer.aid || form !== offer.form)
    throw new AdmissionError("E_ARGS", "The keys were sealed to another offer.");
  if (items.length > offer.most)
    throw new AdmissionError("E_ARGS", "More keys were sealed than the import is for.", { most: offer.most });
  for (const { key, parts } of items) {
    const said = key.versions ?? [1];
    const same = parts.length === said.length && parts.every(({ version }, at) => version === said[at]);
    const enc = parts.every((part) => (part.enc !== undefined) === (form === "hpke"));
    if (!same || !enc) throw new AdmissionError("E_ARGS", `${key.label} does not come with the versions it names.`);
  }
}
