import { MAX_RANDOM_BYTES } from "../../../operations/random.ts";
import { type Route, route } from "../route.ts";
import { base64, integer, object } from "../schema.ts";

/** Random bytes. */
export const randomRoute: Route = route({
  method: "POST",
  path: "/v1/random",
  id: "random",
  summary: "Random bytes of the agent's generator",
  body: object({ bytes: integer(1, MAX_RANDOM_BYTES) }),
  answer: object({ random: base64 }),
  run: ({ domain, caller, body }) => ({
    body: `{"random":"${domain.operations.random(caller, body.bytes).toString("base64")}"}`,
  }),
});
