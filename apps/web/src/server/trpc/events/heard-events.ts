import { CHANNELS, type Db, EVENT_KINDS, type EventKind, parseEvent, type Scope } from "@holdfast/db";

/**
 * Kinds of events of one environment, as they come; ends with the signal. A burst of one kind is told once.
 *
 * It begins with every kind: what happened before it listened, while a page had lost its stream, is not known.
 */
export async function* heardEvents(db: Db, scope: Scope, signal: AbortSignal): AsyncGenerator<EventKind, void> {
  const waiting = new Set<EventKind>(EVENT_KINDS);
  let wake = () => {};
  const hear = (payload: string) => {
    const event = parseEvent(payload);
    if (event === null) for (const kind of EVENT_KINDS) waiting.add(kind);
    else if (event.tenantId === scope.tenantId && event.environmentId === scope.environmentId) waiting.add(event.kind);
    if (waiting.size > 0) wake();
  };
  const stop = db.events.on(CHANNELS.event, hear);
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);
  try {
    while (!signal.aborted) {
      for (const kind of [...waiting]) {
        waiting.delete(kind);
        yield kind;
      }
      if (waiting.size > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
    signal.removeEventListener("abort", onAbort);
  }
}
