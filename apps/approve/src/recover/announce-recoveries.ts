import type { AgentPage } from "../agent-page.ts";
import { announcements } from "../roster/announcements.ts";
import type { RecoveryState } from "./recovery-state.ts";

/** Recoveries, and changes of the replacement keys, that will be in force by themselves: told to whoever opens the page; null where none waits. */
export async function announceRecoveries(page: AgentPage): Promise<HTMLElement | null> {
  const state = await page.get<RecoveryState>("/page/recovery").catch(() => null);
  if (state === null) return null;
  const due = state.waiting.flatMap(({ hash, kind, due: at, mayObject }) =>
    at === null ? [] : [{ hash, kind, due: at, mayObject }],
  );
  return announcements(due, state.now);
}
