import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { AcmeError } from "./acme-error.ts";

/** Puts a TXT record into a zone and takes it out; `add` returns when it can be asked for. */
export interface DnsRecords {
  add(name: string, value: string): Promise<void>;
  remove(name: string, value: string): Promise<void>;
}

const TIMEOUT_MS = 600_000;
/** Writable by a group or by everybody. */
const OTHERS_WRITE = 0o022;

/**
 * A program of the customer's that changes their zone: `PROGRAM add|remove NAME VALUE`, run without a shell. Exit code 0 of `add`
 * means that the record is there.
 *
 * @throws {@link AcmeError} `E_ACME_DNS` for one that others may change
 */
export function recordsByProgram(program: string): DnsRecords {
  checkProgram(program);
  const run = (act: "add" | "remove", name: string, value: string): Promise<void> =>
    new Promise((resolve, reject) => {
      execFile(
        program,
        [act, name, value],
        { timeout: TIMEOUT_MS, maxBuffer: 1024 * 1024, windowsHide: true },
        (error) => {
          if (error === null) return resolve();
          const why = error.killed ? "did not end in ten minutes" : `ended with ${error.code ?? "a signal"}`;
          reject(
            new AcmeError(
              "E_ACME_DNS",
              `${program} ${act} ${why}.`,
              "Run it by hand with the same words and see what it says.",
            ),
          );
        },
      );
    });
  return { add: (name, value) => run("add", name, value), remove: (name, value) => run("remove", name, value) };
}

function checkProgram(program: string): void {
  const found = isAbsolute(program) ? statSync(program, { throwIfNoEntry: false }) : undefined;
  if (found?.isFile() && (found.mode & 0o111) !== 0 && (found.mode & OTHERS_WRITE) === 0) return;
  throw new AcmeError(
    "E_ACME_DNS",
    `${program} is no program that this key server runs.`,
    "Give the whole path of a file that can be run and that nobody but its owner may change.",
  );
}
