/** Runs once before the first request: a server whose database or settings are wrong ends here, in words. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { database } = await import("./server/database.ts");
  await database();
}
