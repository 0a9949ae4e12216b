/** Opens the agent of a data folder, does one thing for a client and says so on standard output. Started by tests only. */
import { Agent } from "../../agent.ts";
import { silentLogger } from "../../logger.ts";

const [dataDirectory = "", clientId = "", what = "", name = ""] = process.argv.slice(2);
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
const client = agent.domain?.keystore.findClient(clientId);
if (!agent.domain || !client) throw new TypeError("The agent has no such client.");
const { operations } = agent.domain;
const caller = { client, from: "127.0.0.1" };
const settings = { usage: ["agree"], dates: { activation: "now" } } as const;
if (what === "pair") {
  await operations.createPair(caller, { algorithm: "X25519", privateKey: settings, publicKey: settings });
} else if (what === "rekey") await operations.rekeyObject(caller, name);
else if (what === "release") await operations.getMaterial(caller, { name });
else if (what === "destroy") await operations.destroyObject(caller, name);
process.stdout.write("done\n");
await agent.close();
