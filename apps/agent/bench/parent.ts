/** Tells the parent that this child is ready, then answers each message with the processor time used so far. */
export function answerParent(ready: object): void {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system });
  });
  process.send?.(ready);
}
