/** Resolves at the first signal; later ones change nothing, so that stopping in order is never cut short. */
export function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => resolve());
    if (process.channel) process.once("disconnect", () => resolve());
  });
}
