import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, join } from "node:path";

type Done = (cause: Error | null) => void;

/**
 * A disk that fails to write the store's write-ahead log back, as Linux tells it: once, and what was lost counts as clean
 * from then on and is written by no later wait. Only who writes it again has it written.
 */
export class FailingDisk {
  readonly #wal: string;
  readonly #real = { later: fs.fdatasync, now: fs.fdatasyncSync, write: fs.writeSync };
  #failures = 0;
  #asked = 0;
  /** What the disk holds in place of what was lost, and where. */
  #before = Buffer.alloc(0);
  #hole: { from: number; to: number } | null = null;
  #rewritten = new Set<number>();

  /** @param store - The database, which is open. */
  constructor(store: string) {
    this.#wal = `${store}-wal`;
    fs.fdatasync = ((file: number, done: Done) => {
      if (this.#takes(file)) this.#real.later(file, done);
      else setImmediate(done, failure());
    }) as typeof fs.fdatasync;
    fs.fdatasyncSync = (file) => {
      if (!this.#takes(file)) throw failure();
      this.#real.now(file);
    };
    fs.writeSync = ((file: number, bytes: Uint8Array, from: number, length: number, at: number) => {
      const written = this.#real.write(file, bytes, from, length, at);
      if (this.#hole !== null && at <= this.#hole.from && at + written >= this.#hole.to) this.#rewritten.add(file);
      return written;
    }) as typeof fs.writeSync;
    syncBuiltinESMExports();
  }

  /** Has the next `times` waits for the disk fail. Caller must: have let the disk take all that was written before. */
  fail(times: number): void {
    this.#failures = times;
    if (this.#hole === null) this.#before = fs.readFileSync(this.#wal);
  }

  /** Has the disk hold nothing of the log that the kernel holds, as after a failure that another process was told of. */
  loseAll(): void {
    const { size } = fs.statSync(this.#wal);
    this.#before = Buffer.alloc(size);
    this.#hole = { from: 0, to: size };
  }

  /** How often somebody waited for it. */
  get asked(): number {
    return this.#asked;
  }

  /** Whether the disk holds all that it says it does. */
  get whole(): boolean {
    return this.#hole === null;
  }

  /** Cuts the power: the data folder's copy in `into` has what is on the disk. */
  cut(from: string, into: string): void {
    fs.cpSync(from, into, { recursive: true });
    if (this.#hole !== null) this.#lose(join(into, basename(this.#wal)), this.#hole);
  }

  /** Takes from the kernel, too, what the disk lost. */
  evict(): void {
    if (this.#hole !== null) this.#lose(this.#wal, this.#hole);
  }

  mend(): void {
    fs.fdatasync = this.#real.later;
    fs.fdatasyncSync = this.#real.now;
    fs.writeSync = this.#real.write;
    syncBuiltinESMExports();
  }

  #takes(file: number): boolean {
    this.#asked += 1;
    const again = this.#rewritten.delete(file);
    if (this.#failures === 0) {
      if (again) this.#hole = null;
      return true;
    }
    this.#failures -= 1;
    this.#hole ??= differing(this.#before, fs.readFileSync(this.#wal));
    return false;
  }

  #lose(path: string, { from, to }: { from: number; to: number }): void {
    const held = Buffer.alloc(to - from);
    this.#before.copy(held, 0, from, to);
    const file = fs.openSync(path, "r+");
    this.#real.write(file, held, 0, held.length, from);
    fs.closeSync(file);
  }
}

function differing(before: Buffer, now: Buffer): { from: number; to: number } | null {
  let [from, to] = [0, now.length];
  while (from < to && now[from] === before[from]) from += 1;
  while (to > from && now[to - 1] === before[to - 1]) to -= 1;
  return from === to ? null : { from, to };
}

const failure = () => Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
