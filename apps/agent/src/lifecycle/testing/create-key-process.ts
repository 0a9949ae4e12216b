/** Opens the agent of a data folder, creates one key in it and says so on standard output. Started by tests only. */
import { Agent } from "../../agent.ts";
import { silentLogger } from "../../logger.ts";

const [dataDirectory = ""] = process.argv.slice(2);
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
const item = {
  label: "orders",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};
const answer = await agent.domain?.admission.act({
  act: "key.create",
  args: { items: [item] },
  reason: "",
  wait: false,
});
process.stdout.write(`${answer?.outcome}\n`);
await agent.close();
