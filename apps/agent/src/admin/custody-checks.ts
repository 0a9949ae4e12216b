import { ENTROPY_SOURCE, type FipsFacts, fipsFacts, pinWarningOf, runSelfTests } from "@holdfast/crypto";
import type { Agent } from "../agent.ts";
import type { Hsm } from "../custody/hsm/hsm.ts";
import type { Domain } from "../domain.ts";
import { readHostFacts } from "../self-check/host-facts.ts";
import type { DoctorCheck } from "./answers.ts";
import { bootstrapChecks } from "./bootstrap-checks.ts";
import { bad, good, warning } from "./check-words.ts";
import { hostChecks } from "./host-checks.ts";
import { kekFileCheck } from "./kek-file-check.ts";

const DAY = 86_400;

/** What opens the root key, what computes, and what this host may do with the memory of both: known also while sealed. */
export function hostCustodyChecks(agent: Agent): DoctorCheck[] {
  return [kekCheck(agent), selfTestCheck(agent), entropyCheck(), fipsCheck(), ...hostChecks(readHostFacts())];
}

/** The age of what wraps keys, and circles between this agent and its clients. */
export function custodyChecks(agent: Agent, domain: Domain, urls: readonly (string | null)[]): DoctorCheck[] {
  return [kekAgeCheck(domain), ...bootstrapChecks({ ...circleParts(agent, domain), host: readHostFacts(), urls })];
}

function kekCheck({ custody }: Agent): DoctorCheck {
  const { kek, hsm } = custody;
  switch (kek.kind) {
    case "pkcs11":
      return tokenCheck(hsm as Hsm);
    case "passphrase":
      return good("key-encryption key", "The key-encryption key comes from a passphrase: a person starts this agent.");
    case "shares":
      return good(
        "key-encryption key",
        `The key-encryption key comes from custodians' shares: any ${kek.needed} of ${kek.commits.length} start this agent together.`,
      );
    case "credential":
      return warning(
        "key-encryption key",
        `The service manager gives the key-encryption key (credential ${kek.name}): a stolen data folder is worthless, this host's root is not.`,
        "Seal the credential to the host's TPM (`systemd-creds encrypt --with-key=tpm2`), and keep a copy elsewhere.",
      );
    case "file":
      return kekFileCheck(kek.path, custody.kekFileFault, custody.sealed);
  }
}

function tokenCheck({ state: { state, code, facts }, source }: Hsm): DoctorCheck {
  const name = "key-encryption key";
  const token = `the token ${source.kek.serial}`;
  if (state === "gone")
    return bad(
      name,
      `The key-encryption key is in ${token}, which is not there (${code}).`,
      "Connect the token; the agent finds it itself.",
    );
  const warning_ = facts === null ? null : pinWarningOf(facts);
  if (warning_ !== null)
    return warning(
      name,
      `The key-encryption key is in ${token}, which warns about its PIN: ${warning_}.`,
      "Find out who gave a wrong PIN.",
    );
  return good(
    name,
    `The key-encryption key is in ${token} and never leaves it: who copies this host's disks has no key.`,
  );
}

/** Runs the known answers once more. */
function selfTestCheck({ selfTests }: Agent): DoctorCheck {
  const now = runSelfTests();
  const failed = [...new Set([...selfTests.failed, ...now.failed])];
  if (failed.length > 0)
    return bad(
      "self-tests",
      `Self-tests failed: ${failed.join(", ")}. These algorithms are not served.`,
      "Do not use this host for them; install the program again or elsewhere.",
    );
  return good(
    "self-tests",
    `${now.ran.length} known answers are right (${now.milliseconds} ms; ${selfTests.milliseconds} ms at start).`,
  );
}

function entropyCheck(): DoctorCheck {
  return good("entropy", `Random bytes: ${ENTROPY_SOURCE}.`);
}

const NO_FIPS: Readonly<Record<Exclude<FipsFacts["why"], "active">, string>> = {
  "no-provider": "No FIPS provider is loaded; nothing here claims one.",
  unforced: "A FIPS provider is loaded, but the runtime does not ask for it for every algorithm.",
  broken: "The runtime's FIPS flag is set, but no provider answers: it proves nothing.",
};

function fipsCheck(): DoctorCheck {
  const { why, provider, path } = fipsFacts();
  if (why === "active")
    return good(
      "fips",
      `A FIPS provider answers (${path}, version ${provider?.version ?? "unknown"}, SHA-256 ${provider?.sha256}); whether that build is validated here, no program can see.`,
    );
  return why === "no-provider"
    ? good("fips", NO_FIPS[why])
    : warning("fips", NO_FIPS[why], "See docs/operate/fips.md; `serve --require-fips` refuses to start like this.");
}

/** A wrapping key protects what is new for two years at most. @see SP 800-57 part 1, table 1 */
const KEK_SECONDS = 730 * DAY;

function kekAgeCheck({ keks, guard }: Domain): DoctorCheck {
  const { current, keks: held, rotation, left } = keks.status();
  const name = "key-encryption keys";
  if (left > 0)
    return bad(
      name,
      `Versions of keys that stayed under an older key-encryption key: ${left}. Their rows are not as this agent wrote them.`,
      "Find out who changed the store; restore a backup.",
    );
  if (rotation !== null)
    return good(
      name,
      `Keys are being brought under key-encryption key ${current}: ${rotation.done} of ${rotation.total}.`,
    );
  const days = Math.floor((guard.time() - (held.at(-1)?.createdAt ?? 0)) / DAY);
  if (days * DAY > KEK_SECONDS)
    return warning(name, `Key-encryption key ${current} is ${days} days old.`, "Run `holdfast-agent kek rotate`.");
  return good(name, `Every key is under key-encryption key ${current}, ${days} days old.`);
}

/** Who needs this agent, and what it needs. */
function circleParts({ dataDirectory, custody }: Agent, { keystore, operations }: Domain) {
  const active = [...keystore.clients()].filter(({ state, auth }) => state === "active" && auth.kind === "mtls");
  const clients = active.map(({ id, label }) => ({ label, from: operations.seenFrom(id) }));
  return { dataDirectory, kek: custody.kek, clients };
}
