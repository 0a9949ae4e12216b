import { SERVER_KEY_KINDS } from "../clients/certificate-request.ts";
import type { InstalledServerCertificate } from "../clients/installed-certificate.ts";
import { isServerName } from "../endpoints/server-names.ts";
import { flagField, textField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import { type AdminRoute, type AdminSurroundings, domainOf, get, post } from "./admin-route.ts";
import { advance, authorityView } from "./authority-view.ts";

/** Calls about certificates: of the server itself, and of its own authority. */
export function certificateRoutes({ agent }: AdminSurroundings): AdminRoute[] {
  const shown = ({ names, notAfter, certPem }: InstalledServerCertificate) => ({ names, notAfter, chain: certPem });
  return [
    get("/v1/server-certificate", () => {
      const { current } = domainOf(agent).installed;
      return { installed: current === null ? null : shown(current) };
    }),
    post("/v1/server-certificate/request", ["names", "key"], async ({ body }) => {
      const names = body["names"];
      const key = SERVER_KEY_KINDS.find((kind) => kind === textField(body, "key", 16));
      if (!Array.isArray(names) || names.length === 0 || names.length > 32 || !names.every(isServerName))
        throw new HttpRefusal(400, "E_SCHEMA", "names are host names or addresses, 1 to 32 of them.");
      if (key === undefined) throw new HttpRefusal(400, "E_SCHEMA", `key is ${SERVER_KEY_KINDS.join(" or ")}.`);
      return { csr: await domainOf(agent).installed.request(names.map(String), key) };
    }),
    post("/v1/server-certificate/install", ["chain"], async ({ body }) => {
      const { installed } = domainOf(agent);
      return { installed: shown(await installed.install(textField(body, "chain", 65_536))) };
    }),
    get("/v1/authority", () => authorityView(domainOf(agent))),
    post("/v1/authority/begin", [], async () => {
      await domainOf(agent).authority.generations.begin();
      return authorityView(domainOf(agent));
    }),
    post("/v1/authority/switch", ["force"], ({ body }) =>
      advance(domainOf(agent), "switched", flagField(body, "force")),
    ),
    post("/v1/authority/finish", ["force"], ({ body }) =>
      advance(domainOf(agent), "finished", flagField(body, "force")),
    ),
    post("/v1/server-certificate/remove", [], () => {
      domainOf(agent).installed.remove();
      return { installed: null };
    }),
  ];
}
