import { readFileSync } from "node:fs";
import { fipsStatus } from "@holdfast/crypto";
import { keysDigest, MAX_ASKED_NONCE_BYTES } from "@holdfast/custody-report";
import {
  type Attest,
  docHash,
  encodeAttest,
  encodeBase64url,
  findBase64url,
  rawSignatureBase,
  type Signed,
} from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import { unbackedOnRecord } from "../backup/unbacked-keys.ts";
import { keyState } from "../lifecycle/state-document.ts";
import type { AttestSource, KeyedAttestSource } from "./report-source.ts";

const PACKAGE = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

const LEAST_NONCE_BYTES = 8;

/**
 * Has the agent sign what it is and holds: build, runtime, roster, log, keys. Without hardware evidence it is the agent's
 * word.
 *
 * Caller must: record an entry (`attest` or `report`) first where one is wanted; the attestation names the log as it stands.
 *
 * @param nonce - Base64url of 8 to 48 bytes that the asker chose. Longer ones are what reports are signed for with.
 * @throws {@link AdmissionError} `E_SCHEMA` for a nonce of another form
 */
export function attest(source: KeyedAttestSource, nonce: string): Signed {
  const size = findBase64url(nonce)?.length ?? 0;
  if (size < LEAST_NONCE_BYTES || size > MAX_ASKED_NONCE_BYTES) {
    throw new AdmissionError("E_SCHEMA", "A nonce has 8 to 48 bytes, base64url.", { bytes: size });
  }
  const states = [...source.keystore.keys()].map((key) => ({ id: key.id, bytes: keyState(source.tid, key).bytes }));
  return attestKeys(source, keysDigest(states), nonce, { backup: backupWord(source), unseal: source.kek });
}

function backupWord({ index }: KeyedAttestSource): Attest["backup"] {
  const newest = index.lastBackup();
  return newest === null ? undefined : { ...newest, unbacked: unbackedOnRecord(index) };
}

/**
 * The same about keys as the log leaves them, for evidence that has nothing but the log.
 *
 * Caller must: give no nonce that somebody else chose.
 */
export function attestKeys(
  source: AttestSource,
  digest: ReturnType<typeof keysDigest>,
  nonce: string,
  { backup, unseal }: Pick<Attest, "backup" | "unseal"> = {},
): Signed {
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
    backup,
    unseal,
    evidence: [{ kind: "none" }],
    nonce,
    ts: guard.time(),
  };
  const bytes = encodeAttest(document);
  const signature = keys.aik.sign(rawSignatureBase("attest", docHash("attest", bytes)));
  return { doc: encodeBase64url(bytes), sig: encodeBase64url(signature) };
}
