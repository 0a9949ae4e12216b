import { createInterface, type Interface } from "node:readline";

/**
 * Reads answers typed at the console, a line each.
 *
 * Standard input is touched only once something is asked, so that a start in the background is not stopped by its
 * shell for reading.
 */
export class AnswerReader {
  #reader: Interface | null = null;
  #answer: string | null = null;

  ask(question: string): void {
    process.stdout.write(question);
    this.#answer = null;
    if (this.#reader) return;
    this.#reader = createInterface({ input: process.stdin, terminal: false });
    this.#reader.on("line", (line) => {
      this.#answer = line.trim();
    });
  }

  /** The line typed since the question, once. */
  take(): string | null {
    const answer = this.#answer;
    this.#answer = null;
    return answer;
  }

  close(): void {
    this.#reader?.close();
    this.#reader = null;
  }
}
