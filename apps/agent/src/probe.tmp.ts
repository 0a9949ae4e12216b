import { verifyRosterChain } from "@holdfast/protocol";
import { rosterChain } from "../bench/roster-chain.ts";
let t = performance.now();
const chain = rosterChain(50, 200);
console.log("made", performance.now() - t, chain[5]!.doc.length, chain[5]!.approvals.length);
for (let i = 0; i < 6; i++) { t = performance.now(); const c = process.cpuUsage(); await verifyRosterChain(chain); const d = process.cpuUsage(c); console.log((performance.now() - t).toFixed(0), ((d.user + d.system) / 1000).toFixed(0)); }
