// Verifies the chain that it is sent, the first in this process. Run by trust.bench.ts.
import { parseRosterChain, verifyRosterChain } from "@holdfast/protocol";

process.once("message", async (given) => {
  const chain = parseRosterChain(given);
  const [before, began] = [process.cpuUsage(), performance.now()];
  await verifyRosterChain(chain);
  const passed = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  process.send?.({ processor: (user + system) / 1000, passed });
  process.disconnect();
});
