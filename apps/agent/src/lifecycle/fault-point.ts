import type { FaultPointName } from "./fault-point-names.ts";

/**
 * Kills this process at a named step, if it was started with `HOLDFAST_FAULT=<name>`; otherwise does nothing.
 *
 * With `HOLDFAST_FAULT=<name>*<n>` it is the n-th time that the step is reached: a start writes an entry of its own, so
 * a test of what comes after names the second.
 *
 * This is how "never half a key, never a receipt without its leaf" is shown: a test starts an agent with each name
 * in turn, sees it die as by power loss, and looks at what a restart finds. The variable can only make the agent
 * stop; it changes no result.
 */
export function faultPoint(name: FaultPointName): void {
  if (name !== armed) return;
  left -= 1;
  if (left <= 0) strike();
}

/**
 * Arms a step within this process, for tests of thousands of crashes: `then` keeps what the disk has at that moment and
 * throws, and the test goes on from there with another agent. Null disarms. Tests only.
 */
export function armFaultPoint(name: FaultPointName | null, then: () => never): void {
  armed = name ?? undefined;
  left = 1;
  strike = then;
}

let [armed, times = "1"] = (process.env.HOLDFAST_FAULT ?? "").split("*");
let left = Number(times);
let strike: () => void = () => process.kill(process.pid, "SIGKILL");
