import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHAIN_FILE, certificateFolder, type PageSetup, pageSetups } from "../local-page/page-setup.ts";

/**
 * How a person renews the page's certificate that ends first: as that address was set up.
 *
 * @param notAfter - When that certificate ends, Unix seconds.
 */
export function renewPage(dataDirectory: string, notAfter: number): string {
  try {
    const setup = pageSetups(dataDirectory).find((each) => endOf(dataDirectory, each) === notAfter);
    if (setup !== undefined) return waysOf(setup);
  } catch {
    // Names that cannot be read are told of by the page's own check.
  }
  return "Put the renewed files into the folder of --page-tls: they are read each minute.";
}

function waysOf({ origin, tls, acme }: PageSetup): string {
  const command = `holdfast-agent page setup --name ${new URL(origin).hostname}`;
  if (tls !== null) return `Put the renewed files into ${tls}: they are read each minute.`;
  if (acme !== undefined) return `\`${command} --acme ${acme.directory}\` orders the next one.`;
  return `Install the renewed one: \`${command} --certificate FILE\`; \`--csr FILE\` makes a request with a new key.`;
}

function endOf(dataDirectory: string, setup: PageSetup): number | null {
  const path = join(certificateFolder(dataDirectory, setup), CHAIN_FILE);
  if (!existsSync(path)) return null;
  return Math.floor(new X509Certificate(readFileSync(path)).validToDate.getTime() / 1000);
}
