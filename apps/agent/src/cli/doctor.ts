import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DoctorCheck, StatusAnswer } from "../admin/answers.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";

export const doctor: Command = {
  usage: "[--bundle FILE]   (a file for support: no secrets in it)",
  options: { ...COMMON_OPTIONS, bundle: { type: "string" } },
  async run(context) {
    const checks = [...hostChecks(context), ...(await agentChecks(context))];
    const bundle = context.args.find("bundle");
    if (bundle) await writeBundle(context, bundle, checks);
    const bad = checks.filter((check) => check.result === "bad");
    context.out.result({ ok: bad.length === 0, checks }, () => checks.map(checkText).join("\n"));
    return bad.length === 0 ? 0 : 1;
  },
};

function checkText(check: DoctorCheck): string {
  const mark = { good: "ok  ", warning: "look", bad: "BAD " }[check.result];
  return check.next && check.result !== "good"
    ? `${mark}  ${check.what}\n      ${check.next}`
    : `${mark}  ${check.what}`;
}

/** What can be seen without the agent: the runtime and the folder's permissions. */
function hostChecks(context: CommandContext): DoctorCheck[] {
  const checks: DoctorCheck[] = [];
  const [major] = process.versions.node.split(".");
  checks.push(
    Number(major) >= 24
      ? { name: "runtime", result: "good", what: `Node ${process.versions.node}` }
      : {
          name: "runtime",
          result: "bad",
          what: `Node ${process.versions.node}`,
          next: "Run it with Node 24 or newer.",
        },
  );
  const directory = context.dataDirectory();
  const mode = modeOf(directory);
  if (mode === null) {
    checks.push({ name: "data", result: "bad", what: `${directory} is not there`, next: "Make one with `init`." });
  } else if ((mode & 0o077) !== 0) {
    checks.push({
      name: "data",
      result: "bad",
      what: `${directory} may be read by others (mode ${mode.toString(8)})`,
      next: `chmod 700 ${directory}`,
    });
  } else checks.push({ name: "data", result: "good", what: `${directory} belongs to you alone` });
  const store = modeOf(join(directory, "agent.db"));
  if (store !== null && (store & 0o077) !== 0) {
    checks.push({
      name: "store",
      result: "warning",
      what: "agent.db may be read by others",
      next: "chmod 600 agent.db",
    });
  }
  return checks;
}

function modeOf(path: string): number | null {
  try {
    return statSync(path).mode & 0o777;
  } catch {
    return null;
  }
}

async function agentChecks(context: CommandContext): Promise<DoctorCheck[]> {
  try {
    return (await context.adminIfServed().get<{ checks: DoctorCheck[] }>("/v1/doctor")).checks;
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== "E_NOT_RUNNING") throw error;
    return [{ name: "running", result: "bad", what: error.message, next: error.next }];
  }
}

async function writeBundle(context: CommandContext, path: string, checks: readonly DoctorCheck[]): Promise<void> {
  const status = await context
    .adminIfServed()
    .get<StatusAnswer>("/v1/status")
    .catch(() => null);
  const bundle = {
    made: new Date().toISOString(),
    runtime: { node: process.versions.node, openssl: process.versions.openssl, platform: process.platform },
    status,
    checks,
  };
  try {
    writeFileSync(path, `${JSON.stringify(bundle, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  } catch {
    throw new CliError("E_FILE", `${path} cannot be written, or is there already.`, "Name a new file with --bundle.");
  }
}
