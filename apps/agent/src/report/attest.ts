import { readFileSync } from "node:fs";
import { fipsStatus } from "@holdfast/crypto";
import { keysDigest } from "@holdfast/custody-report";
import { type Attest, docHash, encodeAttest, encodeBase64url, rawSignatureBase, type Signed } from "@holdfast/protocol";
import { keyState } from "../lifecycle/state-document.ts";
import type { AttestSource, KeyedAttestSource } from "./report-source.ts";

const PACKAGE = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

/**
 * Has the agent sign what it is and holds: build, runtime, roster, log, keys. Without hardware evidence it is the agent's
 * word.
 *
 * Caller must: record an entry (`attest` or `report`) first where one is wanted; the attestation names the log as it stands.
 *
 * @param nonce - Base64url of 8 to 64 bytes that the reader chose, or the hash of the evidence it signs for.
 * @throws {@link ProtocolError} `E_SCHEMA` for a nonce of another form
 */
export function attest(source: KeyedAttestSource, nonce: string): Signed {
  const states = [...source.keystore.keys()].map((key) => ({ id: key.id, bytes: keyState(source.tid, key).bytes }));
  return attestKeys(source, keysDigest(states), nonce);
}

/** The same about keys as the log leaves them, for evidence that has nothing but the log. */
export function attestKeys(source: AttestSource, digest: ReturnType<typeof keysDigest>, nonce: string): Signed {
  const { tid, aid, keys, log, guard, rosters } = source;
  const { roster, hash } = rosters.current();
  const document: Attest = {
    typ: "attest",
    ver: 1,
    tid,
    aid,
    build: `holdfast-agent ${PACKAGE.version}`,
    runtime: `Node.js ${process.versions.node} ${process.platform} ${process.arch}`,
    fips: fipsStatus(),
    roster: { seq: roster.seq, hash },
    checkpoint: { size: log.size, root: log.root() },
    keys: digest,
    evidence: [{ kind: "none" }],
    nonce,
    ts: guard.time(),
  };
  const bytes = encodeAttest(document);
  const signature = keys.aik.sign(rawSignatureBase("attest", docHash("attest", bytes)));
  return { doc: encodeBase64url(bytes), sig: encodeBase64url(signature) };
}
