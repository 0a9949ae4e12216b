import { HoldfastError } from "@holdfast/protocol";
import { database } from "./database.ts";
import { errorMeaning } from "./trpc/error-map.ts";
import { WebError } from "./web-error.ts";

/** Opens the database before the first request, or ends the process and says why: half a server serves nobody. */
export async function boot(): Promise<void> {
  try {
    await database();
  } catch (error) {
    process.stderr.write(`${JSON.stringify({ level: "fatal", ...describe(error) })}\n`);
    process.exit(1);
  }
}

/** Ours in full; of another's only what names no address and no password. */
function describe(error: unknown): object {
  if (error instanceof WebError) return { code: error.code, ...errorMeaning(error.code), detail: error.detail };
  if (error instanceof HoldfastError) {
    const next = "next" in error ? error.next : undefined;
    return { code: error.code, what: error.message, detail: error.detail, next };
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "UNEXPECTED";
  return { code, what: "The database does not let the dashboard's server in, or cannot be reached." };
}
