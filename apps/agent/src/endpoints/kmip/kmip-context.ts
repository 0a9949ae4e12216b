import type { Identifier, KmipVersion, RequestHeader } from "@holdfast/kmip";
import type { LogFields } from "../../logger.ts";
import type { Caller } from "../../operations/caller.ts";
import type { Operations } from "../../operations/operations.ts";
import { faultFields } from "../fault-fields.ts";
import { BatchIdentifiers } from "./batch-identifiers.ts";
import type { KmipSession } from "./kmip-answerer.ts";
import { doorName } from "./object-identifier.ts";
import { judge } from "./rules/judge.ts";

/** Which object an operation is about. */
export interface NamedObject {
  /** As the client knows it: what is answered. */
  readonly identifier: string;
  /** As the door takes it. */
  readonly name: string;
}

/** What an operation works with: one for each request message. */
export class KmipContext {
  readonly version: KmipVersion;
  readonly header: RequestHeader;
  readonly session: KmipSession;
  readonly ids = new BatchIdentifiers();
  #caller: Caller | null = null;
  readonly #wiped: Uint8Array[] = [];
  readonly #closed: (() => void)[] = [];
  readonly #undo: (() => Promise<unknown>)[] = [];

  constructor(version: KmipVersion, header: RequestHeader, session: KmipSession) {
    this.version = version;
    this.header = header;
    this.session = session;
  }

  /** The client that TLS proved, bound by the constraints that it has set for itself. */
  get caller(): Caller {
    this.#caller ??= { ...this.session.caller, judge: (...views) => judge(this.session, ...views) };
    return this.#caller;
  }

  /** That the client may still ask at all. @throws {@link OperationError} as `Access.identify` */
  assertPresent(): void {
    this.operations.identify(this.session.caller.client.auth.spki);
  }

  /** The one door. */
  get operations(): Operations {
    return this.session.domain.operations;
  }

  /** Unix seconds, as the agent's guarded clock has them. */
  get now(): number {
    return this.operations.now;
  }

  /** The object that is meant: by its identifier, or by the batch. @throws KmipRefusedError where none is */
  object(given: Identifier | undefined): NamedObject {
    const identifier = this.ids.resolve(given);
    return { identifier, name: doorName(identifier) };
  }

  /** Has bytes wiped once the answer is encoded. @returns the bytes */
  wipeLater<B extends Uint8Array>(bytes: B): B {
    this.#wiped.push(bytes);
    return bytes;
  }

  /** Has something done once the answer is encoded. */
  closeLater(step: () => void): void {
    this.#closed.push(step);
  }

  /** Says how what an operation has just done is taken back, for a batch with the option Undo. */
  undoBy(step: () => Promise<unknown>): void {
    this.#undo.push(step);
  }

  /** The steps that take back what was done since they were last taken, in the order in which it was done. */
  takeUndo(): (() => Promise<unknown>)[] {
    return this.#undo.splice(0);
  }

  /** Tells the agent's log of something. */
  note(event: string, fields: LogFields): void {
    this.session.domain.logger.info(event, fields);
  }

  /** Tells the log of a fault of the agent. */
  fault(cause: unknown): void {
    this.session.domain.logger.error("kmip.fault", faultFields(cause));
  }

  /** Wipes what was to be wiped. */
  close(): void {
    for (const step of this.#closed.splice(0)) step();
    for (const bytes of this.#wiped.splice(0)) bytes.fill(0);
  }
}
