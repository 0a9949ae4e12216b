// Verifies the chain that it is sent, the first in this process. Run by trust.bench.ts.
import { parseRosterChain, verifyRosterChain } from "@holdfast/protocol";

process.once("message", async (given) => {
  const chain = parseRosterChain(given);
  const before = process.cpuUsage();
  await verifyRosterChain(chain);
  const { user, system } = process.cpuUsage(before);
  process.send?.((user + system) / 1000);
  process.disconnect();
});
