import type { FaultPointName } from "./fault-point-names.ts";

/**
 * Kills this process at a named step, if it was started with `HOLDFAST_FAULT=<name>`; otherwise does nothing.
 *
 * This is how "never half a key, never a receipt without its leaf" is shown: a test starts an agent with each name
 * in turn, sees it die as by power loss, and looks at what a restart finds. The variable can only make the agent
 * stop; it changes no result.
 */
export function faultPoint(name: FaultPointName): void {
  if (name === armed) process.kill(process.pid, "SIGKILL");
}

const armed = process.env.HOLDFAST_FAULT;
