// An agent's REST endpoint over a domain of its own in a temporary folder. Run as a child of rest.bench.ts.
import { startRest } from "../src/endpoints/rest/start-rest.ts";
import { createProcessLogger } from "../src/logger.ts";
import { openTestDomain } from "../src/operations/testing/open-test-domain.ts";
import { answerParent } from "./parent.ts";

const domain = await openTestDomain({ logger: createProcessLogger() });
domain.operations.start();
const key = domain.createKey({ label: "bench" });
const client = await domain.enrol("bench", [{ ops: ["encrypt", "decrypt"], keys: { kind: "group", id: "default" } }]);
const agent = {
  logger: createProcessLogger(),
  sealed: false,
  domain,
  onDomain: (listener: (each: typeof domain) => void) => listener(domain),
};
const rest = await startRest({ agent, listen: "127.0.0.1:0", sans: [] });
const server = await domain.authority.issueServer(["localhost"]);
process.once("disconnect", () => domain.close());
answerParent({
  port: Number(new URL(rest.url).port),
  keyId: key.id,
  client: { cert: client.cert, key: client.key, ca: client.ca },
  server: { cert: server.certPem, key: server.keyPem, ca: client.ca },
});
