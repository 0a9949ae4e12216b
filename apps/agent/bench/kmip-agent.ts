// A standalone agent with its KMIP endpoint in a temporary folder. Run as a child of kmip.bench.ts.
import { answerKmip } from "../src/endpoints/kmip/answer-kmip.ts";
import { startKmip } from "../src/endpoints/kmip/start-kmip.ts";
import { endWithParent, enrolBenchClient, openBenchAgent } from "./bench-agent.ts";
import { answerParent } from "./parent.ts";

const { agent, domain, close } = await openBenchAgent();
endWithParent(close);
const { cert, key, ca } = await enrolBenchClient(domain, "bench", [{ ops: ["all", "get"], keys: { kind: "own" } }]);
const kmip = await startKmip({ agent, listen: "127.0.0.1:0", sans: [], answer: answerKmip });
const server = await domain.authority.issueServer(["127.0.0.1"]);
answerParent({
  port: Number(new URL(kmip.url).port),
  ...{ cert, key, ca },
  server: { cert: server.certPem, key: server.keyPem, ca },
});
