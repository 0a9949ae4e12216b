import { encodeBase64url } from "@holdfast/protocol";
import { leafHash, MemoryTree } from "@holdfast/tlog";
import type { UseRow } from "../lifecycle/host-entry.ts";

/** One line of the local detail: equal uses within one second. */
interface DetailLine {
  readonly at: number;
  readonly op: string;
  readonly version: number;
  readonly from: string;
  count: number;
  bytes: number;
}

/** Operations that spend one of a key version's encryptions. */
const ENCRYPTING: readonly string[] = ["encrypt", "datakey", "reencrypt"];

/** Use of one key by one client in one minute, being counted. */
export class UseBucket {
  readonly keyId: string;
  readonly #clientId: string;
  readonly minute: number;
  readonly #lines: DetailLine[] = [];
  #last: DetailLine | null = null;

  constructor(keyId: string, clientId: string, minute: number) {
    this.keyId = keyId;
    this.#clientId = clientId;
    this.minute = minute;
  }

  /** Counts a use. Equal uses of one second share a line, so the detail of a busy minute stays small. */
  add(use: { at: number; op: string; version: number; from: string; bytes: number; count: number }): void {
    const line = this.#last !== null && isSame(this.#last, use) ? this.#last : this.#lineFor(use);
    line.count += use.count;
    line.bytes += use.bytes;
    this.#last = line;
  }

  /** Encryptions counted here. */
  get encryptions(): number {
    return this.#lines.reduce((sum, { op, count }) => (ENCRYPTING.includes(op) ? sum + count : sum), 0);
  }

  /** What goes into the custody log, and the lines that its root commits to. */
  close(): { row: UseRow; lines: string[] } {
    const lines = this.#lines.map((line) => JSON.stringify(line));
    const tree = new MemoryTree();
    for (const line of lines) tree.append(leafHash(Buffer.from(line, "utf8")));
    const ops: Record<string, number> = {};
    let bytes = 0;
    for (const line of this.#lines) {
      ops[line.op] = (ops[line.op] ?? 0) + line.count;
      bytes += line.bytes;
    }
    const row = {
      keyId: this.keyId,
      clientId: this.#clientId,
      minute: this.minute,
      ops,
      bytes,
      root: encodeBase64url(tree.root),
    };
    return { row, lines };
  }

  #lineFor(use: Omit<DetailLine, "count">): DetailLine {
    // Newest first: what is looked for is of this second, or of the one before.
    const found = this.#lines.findLast((line) => line.at < use.at || isSame(line, use));
    if (found && isSame(found, use)) return found;
    const { at, op, version, from } = use;
    const line = { at, op, version, from, count: 0, bytes: 0 };
    this.#lines.push(line);
    return line;
  }
}

function isSame(line: DetailLine, use: Omit<DetailLine, "count" | "bytes">): boolean {
  return line.at === use.at && line.op === use.op && line.version === use.version && line.from === use.from;
}
