import type { KeyView } from "../admin/answers.ts";
import type { AdminClient } from "./admin-client.ts";

/** Some megabytes an answer, whatever the keys are called. */
const PAGE = 5_000;

/** Every key of the agent, in the order they were made; a million come in pages. @throws as {@link AdminClient} */
export async function allKeys(admin: AdminClient, page = PAGE): Promise<KeyView[]> {
  const all: KeyView[] = [];
  for (;;) {
    const { keys } = await admin.get<{ keys: KeyView[] }>(`/v1/keys?from=${all.length}&limit=${page}`);
    all.push(...keys);
    if (keys.length < page) return all;
  }
}
