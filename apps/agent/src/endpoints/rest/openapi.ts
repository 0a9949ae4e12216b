import { MAX_BODY_BYTES } from "./read-body.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./router.ts";
import { problem } from "./routes/problem-schema.ts";

let text: string | null = null;

/** The OpenAPI 3.1 document of the API, written from the schemas that check requests. */
export function openApiText(): string {
  text ??= JSON.stringify(openApiDocument());
  return text;
}

/** The same as a value. */
function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  return {
    openapi: "3.1.0",
    info: {
      title: "Holdfast agent",
      version: "1",
      description:
        "Use of keys over mutual TLS. The client is the certificate's key; its grants say what it may do. " +
        `Bytes are standard base64. A body has at most ${MAX_BODY_BYTES} bytes. Refusals are RFC 9457 problem documents.`,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ client: [] }],
    paths,
    components: {
      securitySchemes: {
        client: { type: "mutualTLS", description: "The certificate issued when the client was enrolled." },
      },
      schemas: { Problem: problem.json },
      responses: {
        Refused: {
          description: "Refused; decide by `code`.",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
    },
  };
}

function operation(route: Route): Record<string, unknown> {
  const parameters = [...keyParameter(route), ...queryParameters(route), ...rawParameters(route)];
  return {
    operationId: route.id,
    summary: route.summary,
    ...(route.open === undefined ? {} : { security: [] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: content(route, route.body.json) } }),
    responses: {
      [String(route.status ?? 200)]: { description: "Done.", content: answer(route) },
      default: { $ref: "#/components/responses/Refused" },
    },
  };
}

const RAW = { "application/octet-stream": { schema: {} } };

function content(route: Route, schema: unknown): Record<string, unknown> {
  return { "application/json": { schema }, ...(route.raw === undefined ? {} : RAW) };
}

function answer(route: Route): Record<string, unknown> {
  return "type" in route.answer
    ? { [route.answer.type]: { schema: { type: "string" } } }
    : content(route, route.answer.json);
}

function keyParameter({ path }: Route): unknown[] {
  if (!path.includes("{key}")) return [];
  const description = "Id of the key, or an alias (percent-encoded, or with its slashes).";
  return [{ name: "key", in: "path", required: true, description, schema: { type: "string" } }];
}

function queryParameters({ query }: Route): unknown[] {
  const { properties = {}, required = [] } = (query?.json ?? {}) as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

function rawParameters({ raw }: Route): unknown[] {
  if (raw === undefined) return [];
  const description = "Associated data of a raw body, base64.";
  return [
    {
      name: "Holdfast-Aad",
      in: "header",
      required: false,
      description,
      schema: { type: "string", contentEncoding: "base64" },
    },
  ];
}
