/** Opens the agent of a data folder, renews its roster and says so on standard output. Started by tests only. */
import { Agent } from "../../agent.ts";
import { silentLogger } from "../../logger.ts";

const [dataDirectory = ""] = process.argv.slice(2);
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
const answer = await agent.domain?.links.propose({ renew: true });
process.stdout.write(`${answer?.outcome}\n`);
await agent.close();
