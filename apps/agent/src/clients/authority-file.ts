import { createPublicKey, hash, X509Certificate } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SigningHandle } from "@holdfast/crypto";
import { issueCertificate } from "./certificate.ts";
import { certificatePem } from "./pem.ts";

/** Name of an authority's certificate in the data folder: the first one's, and those that took over from it. */
const authorityFile = (generation: number): string => (generation === 1 ? "ca.crt" : `ca.${generation}.crt`);

const LIFE_SECONDS = 20 * 365 * 86_400;

/** What the authority's certificate follows from. */
export interface AuthorityFacts {
  readonly keys: { readonly ca: SigningHandle };
  readonly tid: string;
  readonly createdAt: number;
  readonly dataDirectory: string;
  readonly time: () => number;
}

/**
 * The authority's own certificate, DER: the one kept in the data folder when it is signed by this key, otherwise a
 * new one.
 *
 * Name, serial number, key and validity follow from the domain, so that one made again (after a restore) verifies what
 * the earlier one verified; keeping it only keeps its fingerprint. The file is public and nothing is believed of it.
 */
export async function keptAuthority(facts: AuthorityFacts, generation = 1): Promise<Uint8Array> {
  const path = join(facts.dataDirectory, authorityFile(generation));
  const kept = findKept(path, facts, generation);
  if (kept !== null) return kept;
  const { keys, tid, createdAt, time } = facts;
  const begin = createdAt > 0 ? createdAt : time(); // 0: the domain's own record could not be believed
  const der = await issueCertificate(keys.ca, {
    profile: "authority",
    commonName: "",
    tid,
    spki: keys.ca.publicKey.spki,
    generation,
    serial: serialOf(tid, generation),
    notBefore: begin - 86_400,
    notAfter: begin + LIFE_SECONDS,
  });
  keep(path, der);
  return der;
}

function findKept(path: string, { keys, tid }: AuthorityFacts, generation: number): Uint8Array | null {
  try {
    const certificate = new X509Certificate(readFileSync(path));
    const key = createPublicKey({ key: Buffer.from(keys.ca.publicKey.spki), format: "der", type: "spki" });
    const ours = certificate.verify(key) && certificate.serialNumber.toLowerCase() === serialOf(tid, generation);
    return ours ? certificate.raw : null;
  } catch {
    return null; // none yet, or not a certificate
  }
}

/** A file that cannot be written costs the fingerprint its constancy and nothing else. */
function keep(path: string, der: Uint8Array): void {
  try {
    writeFileSync(`${path}.new`, certificatePem(der), { mode: 0o644 });
    renameSync(`${path}.new`, path);
  } catch {
    return;
  }
}

function serialOf(tid: string, generation: number): string {
  const name = generation === 1 ? tid : `${tid}/${generation}`;
  return `40${hash("sha256", `holdfast/ca-serial/v1\0${name}`, "hex").slice(0, 30)}`;
}
