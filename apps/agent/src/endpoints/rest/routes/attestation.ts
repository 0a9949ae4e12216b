import { findBase64url } from "@holdfast/protocol";
import { attest } from "../../../report/attest.ts";
import { RestError } from "../errors.ts";
import { type Route, route } from "../route.ts";
import { described, object, type Schema, text } from "../schema.ts";

const base64url = text(/^[A-Za-z0-9_-]+$/, "base64url");

const nonceText = text(/^[A-Za-z0-9_-]{11,64}$/, "base64url of 8 to 48 bytes");
const nonce: Schema<string> = described(
  {
    json: nonceText.json,
    read(value, path) {
      const read = nonceText.read(value, path);
      const size = findBase64url(read)?.length ?? 0;
      if (size < 8 || size > 48)
        throw new RestError("E_SCHEMA", `${path} is not base64url of 8 to 48 bytes.`, { path });
      return read;
    },
  },
  "Unpadded base64url of 8 to 48 random bytes; the attestation is bound to it.",
);

/** What the agent says of itself, signed. */
export const attestationRoute: Route = route({
  method: "GET",
  path: "/v1/attestation",
  id: "attestation",
  summary: "The agent's signed attestation of itself, bound to the asker's nonce",
  query: object({ nonce }),
  answer: object({ doc: base64url, sig: base64url }),
  run({ domain, caller, query }) {
    domain.operations.recordAttestation(caller);
    return { body: JSON.stringify(attest(domain, query.nonce)) };
  },
});
