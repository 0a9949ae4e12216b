import { request } from "node:http";
import type { Serving } from "../data-lock.ts";
import { NoAnswer, takeAnswer } from "../json-http/take-answer.ts";
import { AgentRefusal, CliError } from "./cli-error.ts";
import type { StartingServer } from "./starting-server.ts";

/** Largest answer the command line takes from the socket, in bytes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** A report of 256 MiB of evidence and its PDF, as text that Node can hold. */
export const MAX_REPORT_ANSWER_BYTES = 500 * 1024 * 1024;
/** Longest path of a call: a name of 256 characters, each of them escaped, fits many times over. */
const MAX_PATH_CHARACTERS = 8 * 1024;
const NEXT_STEP = "Look at the agent's log; try again.";

/** A connection to the running agent's `admin.sock`. */
export interface AdminClient {
  get<T>(path: string, timeoutSeconds?: number): Promise<T>;
  post<T>(path: string, body: object, timeoutSeconds?: number, maxBytes?: number): Promise<T>;
}

/**
 * Speaks to the agent that serves the data folder whose socket this is.
 *
 * @param findStarting - What is waited for where nobody listens yet, looked for then; nothing without it.
 * @throws {@link CliError} `E_NOT_RUNNING` when nobody listens there, `E_ANSWER` when the answer is not JSON or
 * does not come in time, `E_USAGE` for a name that no request has room for; {@link AgentRefusal} with the agent's own code when it refuses.
 */
export function createAdminClient(
  socketPath: string,
  findStarting: (() => Promise<StartingServer>) | null = null,
): AdminClient {
  let starting: StartingServer | null = null;
  const call = async <T>(
    method: "GET" | "POST",
    path: string,
    body: object | null,
    timeoutSeconds: number,
    maxBytes: number,
  ): Promise<T> => {
    if (path.length > MAX_PATH_CHARACTERS)
      throw new CliError(
        "E_USAGE",
        "What was named is longer than any name.",
        "Names have 128 characters at most, aliases 206, identifiers of other systems 256.",
      );
    const payload = body === null ? undefined : Buffer.from(JSON.stringify(body));
    const headers: Record<string, string | number> = { host: "admin.sock" };
    if (payload) {
      headers["content-type"] = "application/json";
      headers["content-length"] = payload.length;
    }
    const limits = { withinMs: timeoutSeconds * 1000, maxBytes };
    for (;;) {
      try {
        const answer = await takeAnswer(request({ socketPath, method, path, headers }), limits, payload);
        return readAnswer<T>(answer.status, answer.body);
      } catch (fault) {
        if (!(fault instanceof NoAnswer)) throw fault;
        // Nothing was sent where nobody listens, so it may be asked again.
        const isWaitedFor = isNobodyThere(fault) && findStarting !== null;
        if (isWaitedFor) starting ??= await findStarting();
        if (!isWaitedFor || !(await starting?.wait())) throw toCliError(fault, socketPath, starting?.holder ?? null);
      }
    }
  };
  return {
    get: (path, timeoutSeconds = 30) => call("GET", path, null, timeoutSeconds, MAX_ANSWER_BYTES),
    post: (path, body, timeoutSeconds = 120, maxBytes = MAX_ANSWER_BYTES) =>
      call("POST", path, body, timeoutSeconds, maxBytes),
  };
}

function readAnswer<T>(status: number, bytes: Buffer): T {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new CliError("E_ANSWER", "The agent's answer is not JSON.", NEXT_STEP);
  }
  if (status < 400) return parsed as T;
  const problem = (parsed ?? {}) as { code?: string; detail?: string; title?: string; next?: string };
  throw new AgentRefusal(
    status,
    problem.code ?? "E_ANSWER",
    problem.detail ?? problem.title ?? `The agent answered ${status}.`,
    problem.next ?? "Look at the agent's log.",
  );
}

function isNobodyThere({ code }: NoAnswer): boolean {
  return code === "ENOENT" || code === "ECONNREFUSED";
}

function toCliError(error: NoAnswer, socketPath: string, holder: Serving | null): CliError {
  if (isNobodyThere(error) && holder !== null) {
    return new CliError(
      "E_NOT_RUNNING",
      `Process ${holder.pid} holds the data folder, and nobody listens at ${socketPath}.`,
      "If it was started with --admin, name the same socket; otherwise look at its log.",
    );
  }
  if (isNobodyThere(error)) {
    return new CliError(
      "E_NOT_RUNNING",
      `No agent is listening at ${socketPath}.`,
      "Start it with `holdfast-agent serve`, or name its socket with --admin.",
    );
  }
  if (error.code === "EACCES" || error.code === "EPERM") {
    return new CliError(
      "E_NOT_RUNNING",
      `You may not open ${socketPath}.`,
      "Run the command as the user that runs the agent.",
    );
  }
  if (error.code === "EINVAL") {
    return new CliError(
      "E_NOT_RUNNING",
      `${socketPath} is too long for a socket.`,
      "Name a shorter one with --admin, as `serve` was told.",
    );
  }
  return new CliError("E_ANSWER", `The agent gave no answer: ${error.why}.`, NEXT_STEP);
}
