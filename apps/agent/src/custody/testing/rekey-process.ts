/** Opens the agent of a data folder and has a passphrase open it from now on. Started by tests only. */
import { Agent } from "../../agent.ts";
import { silentLogger } from "../../logger.ts";

const [dataDirectory = "", keyDirectory = "", passphrase = ""] = process.argv.slice(2);
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
await agent.rekey({ kek: { kind: "passphrase", passphrase }, dataDirectory, keyDirectory });
await agent.close();
