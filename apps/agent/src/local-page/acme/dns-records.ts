import { execFile } from "node:child_process";
import { realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
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
export function recordsByProgram(program: string, signal?: AbortSignal): DnsRecords {
  checkProgram(program);
  const run = (act: "add" | "remove", name: string, value: string): Promise<void> =>
    new Promise((resolve, reject) => {
      checkProgram(program);
      execFile(
        program,
        [act, name, value],
        {
          ...{ timeout: TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 1024 * 1024, windowsHide: true },
          ...{ env: plainEnvironment(), ...(signal === undefined ? {} : { signal }) },
        },
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

/** What a program needs to find others and its own settings: nothing that the key server was given for itself. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** Whether nobody but this account and root may change what is at a path. */
function isOurs(path: string): boolean {
  const { uid, mode } = statSync(path);
  const isSticky = (mode & 0o1000) !== 0; // in such a folder only its owner replaces a file
  return (uid === 0 || uid === process.getuid?.()) && ((mode & OTHERS_WRITE) === 0 || isSticky);
}

function isPrivate(program: string): boolean {
  try {
    const real = realpathSync(program);
    const { mode } = statSync(real);
    if (!statSync(real).isFile() || (mode & 0o111) === 0 || (mode & OTHERS_WRITE) !== 0) return false;
    const folders = [dirname(program), dirname(real)].flatMap(upwards);
    return [real, ...folders].every(isOurs);
  } catch {
    return false;
  }
}

function upwards(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}

function checkProgram(program: string): void {
  if (isAbsolute(program) && isPrivate(program)) return;
  throw new AcmeError(
    "E_ACME_DNS",
    `${program} is no program that this key server runs.`,
    "Give the whole path of a file that can be run and that nobody but root and the key server's own user may change, nor the folders above it.",
  );
}
