import { HoldfastError } from "@holdfast/protocol";
import { loadHostedPage } from "./hosted-page.ts";
import { makeServer } from "./make-server.ts";
import { ServeError } from "./serve-error.ts";
import { type HostedSettings, readSettings } from "./settings.ts";

/** Serves the hosted approval page, says so in one line, and stops when it is asked to. It has no database and no secret. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const server = makeServer(loadHostedPage(settings.dashboard), settings.origin);
  await listen(server, settings);
  const end = () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, end);
  process.on("disconnect", end);
  process.stdout.write(`${JSON.stringify({ ready: true, hosted: settings.origin })}\n`);
}

function listen(server: import("node:http").Server, { host, port }: HostedSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", () =>
      reject(
        new ServeError("E_LISTEN", `${host}:${port} cannot be listened at.`, "Stop what is there, or name another."),
      ),
    );
    server.listen(port, host, () => resolve());
  });
}

main().catch((error: unknown) => {
  const known = error instanceof HoldfastError;
  const line = {
    level: "fatal",
    code: known ? error.code : "UNEXPECTED",
    what: known ? error.message : "It does not start.",
  };
  process.stderr.write(
    `${JSON.stringify({ ...line, ...(error instanceof ServeError ? { next: error.next } : {}) })}\n`,
  );
  process.exit(1);
});
