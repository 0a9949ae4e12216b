import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Somebody else's web site: a port of its own, reachable under any name that leads to this machine. */
export interface ForeignSite {
  readonly port: number;
  /** Its address under a name, such as `agent.localhost`. */
  at(host: string, path?: string): string;
  /** Serves this page at a path from now on. */
  serve(path: string, html: string): void;
  close(): Promise<void>;
}

/** Starts a site that says nothing of who may frame it or what its frames may do. */
export async function startForeignSite(): Promise<ForeignSite> {
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    const html = pages.get(new URL(request.url ?? "/", "http://site.invalid").pathname);
    response.writeHead(html === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
    response.end(html ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const site: ForeignSite = {
    port,
    at: (host, path = "/") => `http://${host}:${port}${path}`,
    serve: (path, html) => void pages.set(path, `<!doctype html><title>Foreign</title><body>${html}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  site.serve("/", "<h1>Foreign</h1>");
  return site;
}
