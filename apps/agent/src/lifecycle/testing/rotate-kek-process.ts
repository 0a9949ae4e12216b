/** Opens the agent of a data folder, rotates its key-encryption key and says so. Started by tests only. */
import { Agent } from "../../agent.ts";
import { silentLogger } from "../../logger.ts";

const [dataDirectory = ""] = process.argv.slice(2);
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
agent.domain?.keks.rotate();
const wait = setInterval(() => undefined, 1000); // the rotation's own timers keep no process alive
await agent.domain?.keks.settled();
clearInterval(wait);
process.stdout.write(`${agent.domain?.keks.status().current}\n`);
await agent.close();
