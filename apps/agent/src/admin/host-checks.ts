import type { HostFacts } from "../self-check/host-facts.ts";
import type { DoctorCheck } from "./answers.ts";

/** Ways in which this host may copy the agent's memory to a disk or to another process. Measured, not declared. */
export function hostChecks({ coreDump, swappedKiB, openSwap, ptraceScope }: HostFacts): DoctorCheck[] {
  return [coreCheck(coreDump), swapCheck(swappedKiB, openSwap), ptraceCheck(ptraceScope)];
}

const SERVICE = "Run it under the unit that `holdfast-agent service` prints.";

function coreCheck(coreDump: HostFacts["coreDump"]): DoctorCheck {
  const name = "core dumps";
  if (coreDump === "none")
    return { name, result: "good", what: "A crash writes none of this process's memory to a core file." };
  const what =
    coreDump === "some"
      ? "A crash may write keys into a core file."
      : "This system does not say whether a crash writes memory into a core file.";
  return { name, result: "warning", what, next: SERVICE };
}

function swapCheck(swapped: number | null, open: readonly string[]): DoctorCheck {
  const name = "swap";
  if (open.length === 0)
    return { name, result: "good", what: "Memory does not reach a disk in clear by swapping: there is no such swap." };
  const now = swapped === null ? "" : ` ${swapped} KiB of this process are there now.`;
  return {
    name,
    result: swapped !== null && swapped > 0 ? "bad" : "warning",
    what: `Swap is not encrypted (${open.join(", ")}): keys may reach the disk in clear.${now}`,
    next: `Turn it off, encrypt it, or forbid it to this service (MemorySwapMax=0). ${SERVICE}`,
  };
}

function ptraceCheck(scope: number | null): DoctorCheck {
  const name = "other processes";
  if (scope !== null && scope > 0)
    return {
      name,
      result: "good",
      what: `Processes of the same user cannot read this one's memory at will (ptrace_scope ${scope}).`,
    };
  return {
    name,
    result: "warning",
    what: "Any process of the agent's user can read its memory, keys included.",
    next: "Give the agent a user of its own, or set kernel.yama.ptrace_scope to 1 or more.",
  };
}
