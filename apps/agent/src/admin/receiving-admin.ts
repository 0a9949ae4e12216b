import { findBase64url } from "@holdfast/protocol";
import type { Receiving } from "../custody/escrow/receiving.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { onlyFields, textField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { readGivenShare } from "../local-page/read-share.ts";
import type { Logger } from "../logger.ts";
import { listenAtSocket } from "./listen-at-socket.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** The socket of an agent that waits for shares: what custodians are asked for, their shares, and approvals that come as a file. */
export async function startReceivingAdmin(receiving: Receiving, socketPath: string, logger: Logger): Promise<Listener> {
  return listenAtSocket(socketPath, {
    logger,
    maxBodyBytes: MAX_BODY_BYTES,
    answer: (call) => answer(receiving, call),
  });
}

async function answer(receiving: Receiving, { method, path, body }: JsonCall): Promise<unknown> {
  switch (`${method} ${path}`) {
    case "GET /v1/escrow/asked":
      return { kind: "release", order: receiving.order, progress: receiving.progress() };
    case "POST /v1/escrow/share":
      return { progress: await receiving.take(readGivenShare(body)) };
    case "POST /v1/envelope": {
      onlyFields(body, ["envelope"]);
      const envelope = findBase64url(textField(body, "envelope", 1_000_000));
      if (envelope === null) throw new HttpRefusal(400, "E_SCHEMA", "The envelope is not base64url.");
      const { have, need } = await receiving.deliver(envelope);
      return { hash: receiving.releaseCmd, outcome: have >= need ? "applied" : "pending", have, need };
    }
    default:
      throw new HttpRefusal(404, "E_NOT_FOUND", "This agent waits for custodians and does nothing else yet.");
  }
}
