import { existsSync } from "node:fs";
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

  HOLDFAST_START_DATA  where everything is kept, when --data is not given
  DATABASE_URL         a PostgreSQL of yours (its owner role) in place of the one that comes with Holdfast
`;

/**
 * Reads the command line; prints the usage and exits for `--help`.
 *
 * @throws {@link StartError} for options that are none, and for a folder that is a key server's own
 */
export function readOptions(
  words: readonly string[],
  root: string,
  environment: NodeJS.ProcessEnv = process.env,
): StartOptions {
  const { values } = parse(words);
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const web = portOf("port", values.port);
  return {
    root,
    data: folderOf(values.data ?? (environment.HOLDFAST_START_DATA || join(root, ".holdfast")), environment),
    dev: values.dev ?? false,
    agent: !values["no-agent"],
    databaseUrl: environment.DATABASE_URL || null,
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

/** What lies in a key server's data folder and in no other. */
const OF_A_KEY_SERVER = ["agent.db", "agent.json"];

function folderOf(given: string, { INIT_CWD }: NodeJS.ProcessEnv): string {
  const folder = isAbsolute(given) ? given : resolve(INIT_CWD ?? process.cwd(), given);
  if (OF_A_KEY_SERVER.some((name) => existsSync(join(folder, name))))
    throw new StartError(
      `${folder} is a key server's own data folder; \`npm start\` keeps a database, logs and a key server in its folder.`,
      `Choose another with --data DIR or HOLDFAST_START_DATA. To serve this one: \`npx holdfast-agent serve --data ${folder}\`.`,
    );
  return folder;
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
