import { type Command, findBase64url } from "@holdfast/protocol";
import { findTextField, flagField, objectField, textField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { isLinkEnvelope } from "../roster/link-envelope.ts";
import { type AdminRoute, type AdminSurroundings, domainOf, get, post } from "./admin-route.ts";
import type { ActRequest } from "./answers.ts";
import { consequencesOf } from "./consequences.ts";
import { cancelLink, linkAnswer } from "./roster-routes.ts";

/** Calls about what people decide: asking for it, what it would change, and what waits. */
export function actRoutes({ agent }: AdminSurroundings): AdminRoute[] {
  return [
    post("/v1/act", ["act", "key", "client", "args", "reason", "wait"], ({ body, signal }) =>
      domainOf(agent).admission.act(readAct(body), signal),
    ),
    get("/v1/consequences", ({ query }) => {
      const domain = domainOf(agent);
      domain.operations.flushUse();
      const named = (name: string) => query.get(name) ?? "";
      return consequencesOf(domain, {
        act: named("act"),
        key: named("key"),
        client: named("client"),
        issued: named("issued") === "true",
      });
    }),
    post("/v1/envelope", ["envelope"], async ({ body }) => {
      const envelope = findBase64url(textField(body, "envelope", 1_000_000));
      if (envelope === null) throw new HttpRefusal(400, "E_SCHEMA", "The envelope is not base64url.");
      const { admission, links } = domainOf(agent);
      if (isLinkEnvelope(envelope)) return linkAnswer(await links.deliver(envelope, "file"), links);
      const decided = await admission.deliver(envelope, "file");
      return { have: 0, need: 0, ...decided, approveUrl: decided.hash ? admission.approveUrl([decided.hash]) : null };
    }),
    post("/v1/cancel", ["hash"], ({ body }) => {
      const hash = textField(body, "hash", 64);
      const domain = domainOf(agent);
      return domain.links.find(hash) === null ? domain.admission.cancel(hash) : cancelLink(domain, hash);
    }),
    get("/v1/commands", () => {
      const { admission, links } = domainOf(agent);
      const changes = links.pending().map(({ hash, status, old, exp }) => {
        const about = { title: "administrators and rules", target: null, due: null };
        return { hash, ...about, status, ...old, exp, approveUrl: links.approveUrl(hash) };
      });
      const commands = admission.pending().map(({ hash, command, status, have, need, exp, due }) => ({
        hash,
        title: titleOf(command),
        target: command.target ?? null,
        status,
        due,
        have,
        need,
        exp,
        approveUrl: admission.approveUrl([hash]),
      }));
      return { commands: [...commands, ...changes] };
    }),
    get("/v1/commands/([^/]+)/envelope", (_call, hash) => {
      const { admission, links } = domainOf(agent);
      const found = admission.find(hash) ?? links.find(hash);
      const envelope = admission.envelope(hash) ?? links.envelope(hash);
      if (found === null || envelope === null)
        throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such command or change at this key server.");
      return { hash, status: found.status, envelope };
    }),
  ];
}

function readAct(body: JsonCall["body"]): ActRequest {
  const key = findTextField(body, "key", 256);
  const client = findTextField(body, "client", 256);
  return {
    act: textField(body, "act", 32),
    args: objectField(body, "args"),
    reason: findTextField(body, "reason", 1000) ?? "",
    wait: flagField(body, "wait"),
    ...(key === undefined ? {} : { key }),
    ...(client === undefined ? {} : { client }),
  };
}

/** An act and what it is about: `key.destroy orders (k_…)`, `key.create orders`. */
function titleOf(command: Command): string {
  const { act, target } = command;
  if (target !== undefined) return `${act} ${target.label} (${target.kind === "key" ? target.keyId : target.client})`;
  if (command.act === "client.enrol" || command.act === "client.permit") return `${act} ${command.args.label}`;
  if (command.act !== "key.create") return act;
  const [first, ...others] = command.args.items;
  return `${act} ${first?.label ?? ""}${others.length === 0 ? "" : ` and ${others.length} more`}`;
}
