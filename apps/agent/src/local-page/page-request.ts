import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { newServerRequest, type ServerKeyKind } from "../clients/certificate-request.ts";
import { CertificateError } from "../clients/errors.ts";
import { certificatePem } from "../clients/pem.ts";
import { checkServerChain } from "../clients/server-chain.ts";
import { writeDurably } from "../durable-file.ts";
import { PageError } from "./page-error.ts";
import { readPageFile } from "./page-file.ts";
import { certificateFolder, KEY_FILE, type PageSetup, pagePlace, placeCertificate } from "./page-setup.ts";

const REQUEST_KEY = "request.key";

/** A page's certificate as it was installed. */
export interface InstalledPageCertificate {
  readonly names: readonly string[];
  /** Unix seconds. */
  readonly notAfter: number;
}

/**
 * Makes a key and a request for the certificate of a page's name. What is shown meanwhile stays; an earlier request is void.
 *
 * The key lies in the data folder as it is: the page is served while the key server is sealed, so nothing could open it. It speaks
 * for the page's name and opens nothing else.
 *
 * @returns PEM
 */
export async function requestPageCertificate(
  dataDirectory: string,
  { origin }: Pick<PageSetup, "origin">,
  kind: ServerKeyKind,
): Promise<string> {
  const { csrPem, keyPem } = await newServerRequest([new URL(origin).hostname], kind);
  const place = pagePlace(dataDirectory, origin);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  writeDurably(join(place, REQUEST_KEY), keyPem);
  return csrPem;
}

/** What is to be installed. */
interface ChainToInstall {
  readonly chainPem: string;
  /** The key that came with the chain; null where the page made it. */
  readonly keyPem: string | null;
  readonly now: number;
  /** Whether an authority that was asked may have left out its issuers: its root issues by itself. */
  readonly alone?: boolean;
}

/**
 * Installs the chain that an authority issued: for the newest request, for the key that is installed, or for one that came with it.
 *
 * @throws {@link CertificateError}; nothing is changed then
 */
export function installPageCertificate(
  dataDirectory: string,
  setup: PageSetup,
  { chainPem, keyPem, now, alone = false }: ChainToInstall,
): InstalledPageCertificate {
  const names = [new URL(setup.origin).hostname];
  const keys = keyPem === null ? keysOf(dataDirectory, setup) : [keyPem];
  if (keys.length === 0) throw new CertificateError("E_CERT_REQUEST", undefined, NEXT_REQUEST);
  let refusal: unknown;
  for (const key of keys) {
    try {
      const { leaf, issuers, notAfter } = checkServerChain(chainPem, { keyPem: key, names, now });
      if (issuers.length === 0 && !alone && !leaf.checkIssued(leaf))
        throw new CertificateError("E_CERT_CHAIN", NO_ISSUER, NEXT_ISSUER);
      const chain = [leaf, ...issuers].map(({ raw }) => certificatePem(raw)).join("");
      put(dataDirectory, setup, chain, key);
      return { names, notAfter };
    } catch (cause) {
      if (cause instanceof PageError) throw cause;
      // The newest key's refusal is the one to tell, unless the chain is simply for the other.
      const known = cause instanceof CertificateError ? cause : new CertificateError("E_CERT_FORM", NO_KEY);
      if (refusal === undefined || (refusal as CertificateError).code === "E_CERT_KEY") refusal = known;
    }
  }
  throw refusal;
}

/** @throws {@link PageError} `E_PAGE_SETUP` for a disk that does not take it */
function put(dataDirectory: string, setup: PageSetup, chain: string, key: string): void {
  try {
    placeCertificate(dataDirectory, setup, chain, key);
    rmSync(join(pagePlace(dataDirectory, setup.origin), REQUEST_KEY), { force: true });
  } catch (cause) {
    const { code = "unknown" } = cause as NodeJS.ErrnoException;
    throw new PageError(
      "E_PAGE_SETUP",
      `The certificate cannot be kept (${code}).`,
      `Look at ${pagePlace(dataDirectory, setup.origin)} and its disk; then run it again.`,
    );
  }
}

const NO_KEY = "The key is not a private key in PEM without a passphrase.";
const NO_ISSUER = "The chain has no issuer: browsers refuse a certificate whose issuer they do not know.";
const NEXT_ISSUER = "Put the issuer's certificate after the page's own, its root's too where that issued it.";
const NEXT_REQUEST =
  "Make a request first: `holdfast-agent page setup --name NAME --csr FILE`, or give the key too: --key FILE.";

function keysOf(dataDirectory: string, setup: PageSetup): string[] {
  return [
    join(pagePlace(dataDirectory, setup.origin), REQUEST_KEY),
    join(certificateFolder(dataDirectory, { ...setup, tls: null }), KEY_FILE),
  ].flatMap((path) => {
    try {
      return [readPageFile(path)];
    } catch {
      return []; // not there, or damaged
    }
  });
}
