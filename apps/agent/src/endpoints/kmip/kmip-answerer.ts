import type { Caller } from "../../operations/caller.ts";
import type { ServedDomain } from "../served-agent.ts";

/** The three forms of one message. @see KMIP Profiles 1.4, HTTPS, JSON and XML profiles */
export type KmipEncoding = "ttlv" | "xml" | "json";

/** Who sends a message, asked anew for each one. */
export interface KmipSession {
  readonly domain: ServedDomain;
  /** The client that TLS proved; it may ask something at all. */
  readonly caller: Caller;
  readonly encoding: KmipEncoding;
  /** The same object for every message of one connection: what belongs to a connection is kept in a WeakMap under it. */
  readonly connection: object;
}

/**
 * Answers one request message with one response message.
 *
 * It is called in the order in which the requests of a connection arrive, and answers leave in that order whatever they
 * wait for. Where nothing is to be waited for it returns the bytes themselves: they leave with their neighbours in one
 * write. It refuses in the words of KMIP; what it throws is a fault, told to the log by class and code only.
 *
 * @param message - Of `ttlv` exactly one item, whose tag is Request Message and whose length fits; else the whole body.
 *   Nothing else of it was looked at. It is a view: what is kept must be copied.
 */
export type KmipAnswerer = (message: Buffer, session: KmipSession) => Buffer | Promise<Buffer>;
