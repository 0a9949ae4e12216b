import { isAbsolute, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { StartError } from "./start-error.ts";

/** What `npm start` was asked for. Ports that were not named may move when they are taken. */
export interface StartOptions {
  readonly root: string;
  readonly data: string;
  readonly dev: boolean;
  readonly agent: boolean;
  readonly databaseUrl: string | null;
  readonly ports: { readonly [name in PortName]: number | null };
}

export type PortName = "web" | "gateway" | "hosted" | "page" | "rest" | "kmip" | "metrics";

const USAGE = `npm start -- [options]

  --data DIR           where everything is kept (default: .holdfast in the checkout)
  --port N             the dashboard (default 3000); the gateway takes N+1
  --hosted-port N      the hosted approval page (default 3002)
  --page-port N        the key server's own page (default 7400)
  --rest-port N        the key server's REST API (default 7443)
  --kmip-port N        the key server's KMIP (default 5696)
  --metrics-port N     the key server's metrics (default 7499)
  --no-agent           the dashboard and its gateway only
  --dev                reload when a source file changes (the same as \`npm run dev\`)
  --help

  DATABASE_URL         a PostgreSQL of yours (its owner role) in place of the one that comes with Holdfast
`;

/** Reads the command line; prints the usage and exits for `--help`. */
export function readOptions(words: readonly string[], root: string): StartOptions {
  const { values } = parse(words);
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const data = values.data ?? process.env.HOLDFAST_DATA ?? join(root, ".holdfast");
  const web = portOf("port", values.port);
  return {
    root,
    data: isAbsolute(data) ? data : resolve(process.env.INIT_CWD ?? process.cwd(), data),
    dev: values.dev ?? false,
    agent: !values["no-agent"],
    databaseUrl: process.env.DATABASE_URL || null,
    ports: {
      web,
      gateway: web === null ? null : web + 1,
      hosted: portOf("hosted-port", values["hosted-port"]),
      page: portOf("page-port", values["page-port"]),
      rest: portOf("rest-port", values["rest-port"]),
      kmip: portOf("kmip-port", values["kmip-port"]),
      metrics: portOf("metrics-port", values["metrics-port"]),
    },
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        data: { type: "string" },
        port: { type: "string" },
        "hosted-port": { type: "string" },
        "page-port": { type: "string" },
        "rest-port": { type: "string" },
        "kmip-port": { type: "string" },
        "metrics-port": { type: "string" },
        "no-agent": { type: "boolean" },
        dev: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new StartError((error as Error).message, USAGE);
  }
}

function portOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_535) return port;
  throw new StartError(`--${name} ${text} is not a port.`, "Give a number from 1 to 65534.");
}
