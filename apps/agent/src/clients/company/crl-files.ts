import { readFileSync, statSync } from "node:fs";
import type { Logger } from "../../logger.ts";
import type { Issuer } from "./issuers.ts";
import { type RevocationList, readCrl } from "./read-crl.ts";

/** One file as it was last looked at. */
interface KeptFile {
  readonly path: string;
  stamp: string;
  /** What counts; null until a list was read that an authority of ours signed. */
  list: { readonly of: Issuer; readonly crl: RevocationList } | null;
  /** Whether what lies there now could be read. */
  readable: boolean;
}

/** What a file says now, for `doctor`. */
export interface CrlStatus {
  readonly path: string;
  readonly readable: boolean;
  /** Unix seconds; null before any list was read, or where it names none. */
  readonly nextUpdate: number | null;
}

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Revocation lists in files, read again whenever a file changes.
 *
 * A list counts when an authority of ours signed it and it is not older than the one before. What cannot be read leaves
 * the one before in force until its own end, and says so.
 */
export class CrlFiles {
  readonly #files: KeptFile[];
  readonly #issuers: readonly Issuer[];
  readonly #logger: Logger;

  constructor(paths: readonly string[], issuers: readonly Issuer[], logger: Logger) {
    this.#issuers = issuers;
    this.#logger = logger;
    this.#files = paths.map((path) => ({ path, stamp: "", list: null, readable: false }));
    this.look();
  }

  get empty(): boolean {
    return this.#files.length === 0;
  }

  /** Reads what has changed. @returns whether anything did */
  look(): boolean {
    return this.#files.map((file) => this.#read(file)).some((changed) => changed);
  }

  status(): CrlStatus[] {
    return this.#files.map(({ path, readable, list }) => ({
      ...{ path, readable },
      nextUpdate: list?.crl.nextUpdate ?? null,
    }));
  }

  /**
   * What the lists say of a certificate: `unknown` where none of its issuer's is in force.
   *
   * @param now - Unix seconds. @param acceptStale - Whether a list counts beyond its own end.
   */
  verdict(issuer: Issuer, serial: string, now: number, acceptStale: boolean): "good" | "revoked" | "unknown" {
    const lists = this.#files.flatMap(({ list }) => (list?.of === issuer ? [list.crl] : []));
    if (lists.some(({ revoked }) => revoked.has(serial))) return "revoked"; // also by a list that is over
    const current = ({ nextUpdate }: RevocationList) => acceptStale || (nextUpdate !== null && now <= nextUpdate);
    return lists.some(current) ? "good" : "unknown";
  }

  #read(file: KeptFile): boolean {
    const stamp = stampOf(file.path);
    if (stamp === file.stamp) return false;
    file.stamp = stamp;
    try {
      if (stamp === "") throw new RangeError("no file");
      const crl = readCrl(readFileSync(file.path));
      const of = this.#issuers.find(({ subject, key }) => subject.equals(crl.issuer) && crl.isSignedBy(key));
      if (of === undefined) throw new RangeError("of no authority that is trusted for clients");
      if (file.list !== null && file.list.crl.thisUpdate > crl.thisUpdate) throw new RangeError("older");
      file.list = { of, crl };
      file.readable = true;
      this.#logger.info("client-crl.read", { file: file.path, revoked: crl.revoked.size });
    } catch {
      file.readable = false;
      this.#logger.error("client-crl.unreadable", { file: file.path });
    }
    return true;
  }
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return size > MAX_BYTES ? "" : `${mtimeMs} ${size} ${ino}`;
  } catch {
    return "";
  }
}
