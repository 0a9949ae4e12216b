/** Opens the agent of a data folder and has a passphrase, or shares, open it from now on. Started by tests only. */
import { writeFileSync } from "node:fs";
import { Agent } from "../../agent.ts";
import { silentLogger } from "../../logger.ts";

const [dataDirectory = "", keyDirectory = "", kind = "", detail = ""] = process.argv.slice(2);
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
if (kind === "passphrase") await agent.rekey({ kek: { kind, passphrase: detail }, dataDirectory, keyDirectory });
else {
  const { shares, ticket } = await agent.stageShares({ threshold: { parts: 3, threshold: 2 } });
  writeFileSync(detail, shares.join("\n"));
  await agent.commitShares(ticket);
}
await agent.close();
