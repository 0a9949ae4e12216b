let made = 0;

/** A seed that nothing else in this process has: for what a test does not name. */
export function nextSeed(kind: string): string {
  made += 1;
  return `${kind} ${made}`;
}
