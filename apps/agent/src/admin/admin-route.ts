import type { Agent } from "../agent.ts";
import type { ControlLink } from "../control-link/control-link.ts";
import type { Domain } from "../domain.ts";
import { onlyFields } from "../json-http/fields.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { StoreError } from "../keystore/errors.ts";
import type { AgentPages } from "../local-page/agent-pages.ts";
import type { AgentNotices } from "../notices/agent-notices.ts";
import type { AgentPlaces } from "./status.ts";

/** What the socket works on. */
export interface AdminSurroundings {
  readonly agent: Agent;
  readonly places: () => AgentPlaces;
  readonly link: ControlLink;
  readonly notices: AgentNotices;
  readonly pages: AgentPages;
}

/** One call of the socket. */
export interface AdminRoute {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  /** @param word - What the path's group matched. */
  readonly run: (call: JsonCall, word: string) => unknown;
}

/** A call that reads. @param path - Of its address, as a regular expression whose one group is what `run` is given. */
export function get(path: string, run: AdminRoute["run"]): AdminRoute {
  return { method: "GET", path: new RegExp(`^${path}$`), run };
}

/** A call that does something. @param fields - Its body may have these and no others. */
export function post(path: string, fields: readonly string[], run: AdminRoute["run"]): AdminRoute {
  return {
    method: "POST",
    path: new RegExp(`^${path}$`),
    run(call, word) {
      onlyFields(call.body, fields);
      return run(call, word);
    },
  };
}

/** The domain that calls are about. @throws {@link StoreError} `E_SEALED`, `E_GENESIS` before the domain exists */
export function domainOf(agent: Agent): Domain {
  if (agent.domain !== null) return agent.domain;
  if (agent.sealed) throw new StoreError("E_SEALED");
  throw new StoreError(
    "E_GENESIS",
    "There is no domain yet: register its first administrator at the page (`holdfast-agent claim`).",
  );
}
