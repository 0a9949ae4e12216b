import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CommandLineRun,
  PROGRAM,
  type Ran,
  type Served,
} from "../../../apps/agent/src/cli/testing/command-line-run.ts";
import type { ClientFiles } from "./pykmip.ts";

/** A standalone key server as its owner runs it: a real process that serves KMIP. */
export class KmipAgent {
  readonly line = new CommandLineRun();
  /** The program that its owner types. */
  readonly program = PROGRAM;
  #served: Served | undefined;

  static async start(): Promise<KmipAgent> {
    const agent = new KmipAgent();
    await agent.run("init", "--standalone");
    agent.#served = await agent.line.serve(["--rest", "127.0.0.1:0", "--kmip", "127.0.0.1:0", "--page", "off"]);
    return agent;
  }

  /** `kmip://127.0.0.1:port` */
  get url(): string {
    return this.#served?.ready.kmip as string;
  }

  /** `https://127.0.0.1:port` */
  get restUrl(): string {
    return this.#served?.ready.rest as string;
  }

  get port(): number {
    return Number(this.url.split(":").at(-1));
  }

  /** Runs one command of the agent's command line. @throws when it fails */
  async run(...words: string[]): Promise<Ran> {
    const ran = await this.line.run(...words);
    if (ran.code !== 0) throw new TypeError(`${words.join(" ")}: ${ran.stderr}`);
    return ran;
  }

  /** Enrols an application. */
  async enrol(label: string, ...grants: string[]): Promise<EnrolledClient> {
    const folder = this.line.path(label);
    const { json } = await this.run(
      ...["client", "create", label, "--cert", folder, ...grants.flatMap((grant) => ["--grant", grant])],
    );
    const [cert, key, ca] = ["client.crt", "client.key", "ca.crt"].map((name) => join(folder, name));
    const files = { cert, key, ca } as ClientFiles;
    return { id: json.clientId, folder, files, pem: pemOf(files) };
  }

  /** What an enrolled application needs for everything that it makes, and nothing of others. */
  enrolOwner(label: string): Promise<EnrolledClient> {
    return this.enrol(label, "all,get,derive,import,alias on own");
  }

  /**
   * Enrols a client with just the grant that a page of docs/integrations tells its reader to give.
   *
   * @param page - Without `.md`.
   * @param nth - Which of the page's clients, from 0.
   */
  enrolDocumented(label: string, page: string, nth = 0): Promise<EnrolledClient> {
    const text = readFileSync(join(import.meta.dirname, `../../../docs/integrations/${page}.md`), "utf8");
    const grant = [...text.matchAll(/^holdfast-agent client create .* --grant '([^']+)'/gm)][nth]?.[1];
    if (grant === undefined) throw new TypeError(`${page}.md enrols no client ${nth}.`);
    return this.enrol(label, grant);
  }

  close(): Promise<void> {
    return this.line.close();
  }
}

/** An application with its files. */
export interface EnrolledClient {
  readonly id: string;
  readonly folder: string;
  readonly files: ClientFiles;
  readonly pem: { readonly cert: string; readonly key: string; readonly ca: string };
}

/** The files' contents. */
export function pemOf(files: ClientFiles): EnrolledClient["pem"] {
  const read = (path: string) => readFileSync(path, "utf8");
  return { cert: read(files.cert), key: read(files.key), ca: read(files.ca) };
}
