import { database } from "@/server/database.ts";

export const dynamic = "force-dynamic";

/** Whether this server can do its work. Says nothing else to anybody. */
export async function GET(): Promise<Response> {
  try {
    await (await database()).ping();
    return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
  } catch {
    return Response.json({ status: "database unreachable" }, { status: 503, headers: { "cache-control": "no-store" } });
  }
}
