/** Opens the agent of a data folder, renews its roster and says so on standard output. Started by tests only. */
import { setTimeout } from "node:timers/promises";
import { Agent } from "../../agent.ts";
import { silentLogger } from "../../logger.ts";

const [dataDirectory = ""] = process.argv.slice(2);
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
// A renewal within the second of the genesis would change nothing.
const founded = agent.domain?.rosters.current().roster.issued ?? 0;
while (Math.floor(Date.now() / 1000) <= founded) await setTimeout(50);
const answer = await agent.domain?.links.propose({ renew: true });
process.stdout.write(`${answer?.outcome}\n`);
await agent.close();
