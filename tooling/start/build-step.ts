import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StartError } from "./start-error.ts";

/** Something made from sources, and made again only when they changed. */
export interface BuildStep {
  readonly name: string;
  /** Files and folders whose content decides; tests and generated files in them do not count. */
  readonly inputs: readonly string[];
  /** A file that exists once it is made. */
  readonly output: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface BuildContext {
  readonly say: (text: string) => void;
  /** Ends the build. */
  readonly signal: AbortSignal;
}

const END_WITH_PARENT = new URL("./end-with-parent.mjs", import.meta.url).href;
const IGNORED = /^(node_modules|\.next|dist|generated|next-env\.d\.ts|.*\.tsbuildinfo|.*\.test\.tsx?)$/;

/**
 * Makes what is missing or older than its sources. A run that was cut off counts as not made.
 *
 * @returns whether anything had to be done.
 */
export async function runBuildStep(root: string, step: BuildStep, context: BuildContext): Promise<boolean> {
  const mark = join(root, "node_modules/.cache/holdfast", step.name.replaceAll(" ", "-"));
  const wanted = hashOf(root, step.inputs);
  if (existsSync(step.output) && existsSync(mark) && readFileSync(mark, "utf8") === wanted) return false;
  context.say(`Making the ${step.name} …`);
  rmSync(mark, { force: true });
  await run(step, context.signal);
  if (!existsSync(step.output)) {
    throw new StartError(
      `The ${step.name} was not made, though nothing complained.`,
      "Start again; if it stays so, this is a defect of Holdfast.",
    );
  }
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, wanted);
  return true;
}

function hashOf(root: string, inputs: readonly string[]): string {
  const hash = createHash("sha256");
  const add = (path: string) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (!statSync(full).isDirectory()) {
      hash.update(`${path}\0`).update(createHash("sha256").update(readFileSync(full)).digest());
      return;
    }
    for (const name of readdirSync(full).sort()) if (!IGNORED.test(name)) add(join(path, name));
  };
  for (const input of inputs) add(input);
  return hash.digest("hex");
}

function run(step: BuildStep, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", END_WITH_PARENT, ...step.words], {
      cwd: step.cwd,
      env: { ...process.env, ...step.env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      signal,
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new StartError(`The ${step.name} cannot be made:\n\n${printed}`, "Mend what is named above."));
    });
  });
}
