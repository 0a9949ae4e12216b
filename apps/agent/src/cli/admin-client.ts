import { request } from "node:http";
import { AgentRefusal, CliError } from "./cli-error.ts";

/** Largest answer the command line takes from the socket, in bytes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** A connection to the running agent's `admin.sock`. */
export interface AdminClient {
  get<T>(path: string, timeoutSeconds?: number): Promise<T>;
  post<T>(path: string, body: object, timeoutSeconds?: number): Promise<T>;
}

/**
 * Speaks to the agent that serves the data folder whose socket this is.
 *
 * @throws {@link CliError} `E_NOT_RUNNING` when nobody listens there, `E_ANSWER` when the answer is not JSON or
 * does not come in time; {@link AgentRefusal} with the agent's own code when it refuses.
 */
export function createAdminClient(socketPath: string): AdminClient {
  const call = <T>(method: "GET" | "POST", path: string, body: object | null, timeoutSeconds: number): Promise<T> =>
    new Promise((resolve, reject) => {
      const payload = body === null ? null : Buffer.from(JSON.stringify(body));
      const headers: Record<string, string | number> = { host: "admin.sock" };
      if (payload) {
        headers["content-type"] = "application/json";
        headers["content-length"] = payload.length;
      }
      const call = request({ socketPath, method, path, headers, timeout: timeoutSeconds * 1000 }, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) call.destroy(answerError("is larger than 64 MiB"));
          else chunks.push(chunk);
        });
        response.on("error", (error) => reject(toCliError(error, socketPath)));
        response.on("end", () => {
          try {
            resolve(readAnswer<T>(response.statusCode ?? 500, Buffer.concat(chunks)));
          } catch (error) {
            reject(error);
          }
        });
      });
      call.on("timeout", () => call.destroy(answerError(`did not come within ${timeoutSeconds} s`)));
      call.on("error", (error) => reject(toCliError(error, socketPath)));
      call.end(payload ?? undefined);
    });
  return {
    get: (path, timeoutSeconds = 30) => call("GET", path, null, timeoutSeconds),
    post: (path, body, timeoutSeconds = 120) => call("POST", path, body, timeoutSeconds),
  };
}

function readAnswer<T>(status: number, bytes: Buffer): T {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw answerError("is not JSON");
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

function answerError(what: string): CliError {
  return new CliError("E_ANSWER", `The agent's answer ${what}.`, "Look at the agent's log; try again.");
}

function toCliError(error: Error & { code?: string }, socketPath: string): Error {
  if (error instanceof CliError) return error;
  if (error.code === "ENOENT" || error.code === "ECONNREFUSED") {
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
  return new CliError("E_ANSWER", `The connection to the agent broke (${error.code ?? "unknown"}).`, "Try again.");
}
