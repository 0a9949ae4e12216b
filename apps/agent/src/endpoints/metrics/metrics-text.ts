import { unbackedKeys } from "../../backup/unbacked-keys.ts";
import type { CompanyClients } from "../../clients/company/company-clients.ts";
import { EXPIRY_DAYS, expiriesOf } from "../../clients/expiry.ts";
import type { DiskState } from "../../keystore/store.ts";
import type { ServedAgent, ServedDomain } from "../served-agent.ts";
import type { Counters } from "./counters.ts";
import { BUCKETS, type Durations } from "./durations.ts";
import type { KmipCounters } from "./kmip-counters.ts";

/**
 * What `/metrics` says, in the Prometheus text format 0.0.4. Numbers and names of ours only: no key, client, label or
 * address of a client.
 */
export function metricsText(agent: ServedAgent, counters: Counters): string {
  const out = new MetricsWriter();
  const { domain } = agent;
  out.gauge("holdfast_sealed", "1 while the root key is not in memory.", agent.sealed ? 1 : 0);
  out.gauge("holdfast_founded", "1 when there is a domain and it is unsealed.", domain === null ? 0 : 1);
  if (agent.store !== undefined) writeDisk(out, agent.store.disk);
  writeToken(out, agent.custody?.hsm ?? null);
  if (domain !== null) {
    const { keys, clients, locked } = domain.keystore.counts();
    const { locked: changesLocked, recovering } = domain.keystore.domain();
    out.gauge("holdfast_keys", "Keys that are not destroyed.", keys);
    out.gauge("holdfast_clients", "Clients that are not withdrawn.", clients);
    out.gauge("holdfast_locked_objects", "Objects whose stored record did not verify: look into it.", locked);
    out.gauge("holdfast_domain_locked", "1 while the domain takes no changes.", changesLocked ? 1 : 0);
    out.gauge("holdfast_recovering", "1 after a restore that was not accepted yet.", recovering ? 1 : 0);
    const keks = domain.keystore.keks.held();
    out.gauge(
      "holdfast_key_encryption_keys",
      "Key-encryption keys; more than one while keys are brought under a new one.",
      keks.length,
    );
    out.gauge(
      "holdfast_key_encryption_key_timestamp_seconds",
      "When the newest key-encryption key was made.",
      keks.at(-1)?.createdAt ?? 0,
    );
    out.gauge("holdfast_log_entries", "Entries of the custody log.", domain.log.size);
    writeWitnesses(out, domain);
    writeBackups(out, domain);
    const { waitingUse } = domain.operations;
    writeExpiries(out, domain, counters, agent.company?.seen);
    if (agent.company !== null) writeCompany(out, agent.company);
    out.gauge("holdfast_use_unrecorded", "Roll-ups of use that the custody log has not taken yet.", waitingUse);
  }
  out.gauge(
    "holdfast_page_addresses_not_served",
    "Addresses of the approval page that are left out: look into it (doctor).",
    counters.pagesNotServed.size,
  );
  writeRequests(out, counters);
  writeKmip(out, counters.kmip);
  writeProcess(out);
  return out.text();
}

function writeDisk(out: MetricsWriter, { failures, doubtfulSince }: DiskState): void {
  out.counter("holdfast_store_sync_failures_total", "How often the disk did not make the store durable.", failures);
  out.gauge(
    "holdfast_store_doubtful",
    "1 while what was written may not be durable: nothing is changed or handed out.",
    doubtfulSince === null ? 0 : 1,
  );
}

/** Witnesses, under the names of their keys. */
function writeWitnesses(out: MetricsWriter, { witnesses }: ServedDomain): void {
  const witnessed = witnesses.witnessedAt();
  if (witnessed !== null)
    out.gauge("holdfast_log_witnessed_timestamp_seconds", "When a witness last cosigned the log.", witnessed);
  out.gauge(
    "holdfast_log_evidence",
    "Kept proofs of two histories, of an older disk, or of a witness that vouched for two: look into it.",
    witnesses.evidence().length,
  );
  const all = witnesses.status();
  if (all.length === 0) return;
  const label = (name: string) => name.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  const silent = "holdfast_witness_silent";
  out.head(silent, "gauge", "1 while a witness owes a cosignature for longer than it should.");
  for (const each of all) out.line(`${silent}{witness="${label(each.name)}"}`, each.silent ? 1 : 0);
  const cosigned = "holdfast_witness_cosigned_timestamp_seconds";
  out.head(cosigned, "gauge", "When a witness last cosigned the log, by its own clock.");
  for (const { name, cosignedAt } of all)
    if (cosignedAt !== null) out.line(`${cosigned}{witness="${label(name)}"}`, cosignedAt);
}

/** Backups: by destination, under the name that the policy gives it. */
function writeBackups(out: MetricsWriter, domain: ServedDomain): void {
  out.gauge("holdfast_keys_unbacked", "Keys that are in no backup that is there.", unbackedKeys(domain));
  const last = domain.backups.newest();
  if (last !== null)
    out.gauge("holdfast_backup_timestamp_seconds", "When the newest backup was made that was read back.", last.at);
  const places = domain.backups.places();
  if (places.length === 0) return;
  const failing = "holdfast_backup_failing";
  out.head(failing, "gauge", "1 while backups to a destination fail.");
  for (const place of places) out.line(`${failing}{destination="${place.to.name}"}`, place.failing === null ? 0 : 1);
  const newest = "holdfast_backup_destination_timestamp_seconds";
  out.head(newest, "gauge", "When the newest backup at a destination was made that was read back.");
  for (const place of places)
    if (place.newest !== null) out.line(`${newest}{destination="${place.to.name}"}`, place.newest.at);
}

/** The token that the key-encryption key is in, where there is one. */
function writeToken(out: MetricsWriter, hsm: NonNullable<ServedAgent["custody"]>["hsm"]): void {
  if (hsm === null) return;
  out.gauge("holdfast_hsm_present", "1 while the token is there and open.", hsm.state.state === "present" ? 1 : 0);
  if (hsm.counters === null) return;
  const { calls, waitedSeconds, slow, refused } = hsm.counters;
  out.counter("holdfast_hsm_calls_total", "Uses of the token that the agent waited for, since it was opened.", calls);
  out.counter("holdfast_hsm_wait_seconds_total", "Time in which everything else waited for them.", waitedSeconds);
  out.counter("holdfast_hsm_slow_calls_total", "Of these, such as took more than a tenth of a second.", slow);
  out.counter("holdfast_hsm_refused_total", "Answers of the token that were refusals.", refused);
}

/** Ends of certificates: names of ours, and of clients numbers only. */
function writeExpiries(
  out: MetricsWriter,
  domain: ServedDomain,
  { certificates }: Counters,
  seen?: ReadonlyMap<string, number>,
): void {
  const { authority, clients } = expiriesOf(domain, seen);
  const name = "holdfast_certificate_expiry_timestamp_seconds";
  out.head(name, "gauge", "When the certificates of the domain's authority and of the listeners end.");
  out.line(`${name}{certificate="authority"}`, authority.notAfter);
  for (const [listener, notAfter] of certificates) out.line(`${name}{certificate="${listener}"}`, notAfter);
  const expiring = "holdfast_client_certificates_expiring";
  out.head(expiring, "gauge", "Clients whose certificate ends within so many days; 0: has ended.");
  for (const days of [...EXPIRY_DAYS, 0]) {
    const count = clients.filter(
      ({ within }) => within !== null && (days === 0 ? within === 0 : within <= days && within > 0),
    );
    out.line(`${expiring}{days="${days}"}`, count.length);
  }
  const [next] = clients.filter(({ within }) => within !== 0);
  if (next !== undefined)
    out.gauge("holdfast_client_certificate_next_expiry_timestamp_seconds", "The next of them to end.", next.notAfter);
}

/** The company's authorities and their lists, in the order of their files: names of ours only. */
function writeCompany(out: MetricsWriter, company: CompanyClients): void {
  const { crls, unanswered } = company.status();
  const authorities = "holdfast_client_ca_expiry_timestamp_seconds";
  out.head(authorities, "gauge", "When the certificates of the company's authorities end.");
  for (const [n, { notAfter }] of company.issuers.entries()) out.line(`${authorities}{authority="${n + 1}"}`, notAfter);
  const lists = "holdfast_client_crl_next_update_timestamp_seconds";
  out.head(lists, "gauge", "Until when the revocation lists count; 0 where there is none.");
  for (const [n, { nextUpdate }] of crls.entries()) out.line(`${lists}{list="${n + 1}"}`, nextUpdate ?? 0);
  out.counter("holdfast_client_ocsp_unanswered_total", "Questions that no responder answered believably.", unanswered);
}

function writeRequests(out: MetricsWriter, { routes }: Counters): void {
  out.head("holdfast_rest_requests_total", "counter", "Requests of the REST API by route and status.");
  for (const [route, { statuses }] of routes)
    for (const [status, count] of statuses)
      out.line(`holdfast_rest_requests_total{route="${route}",status="${status}"}`, count);
  const name = "holdfast_rest_request_duration_seconds";
  out.head(name, "histogram", "Time from a request's headers to its answer, inside the agent.");
  for (const [route, count] of routes) writeDurations(out, name, count, `route="${route}"`);
}

function writeKmip(out: MetricsWriter, kmip: KmipCounters): void {
  out.gauge("holdfast_kmip_connections", "Connections of clients to the KMIP endpoint that are open.", kmip.open);
  out.gauge("holdfast_kmip_strangers", "Connections to it that are open and not of a client (yet).", kmip.strangers);
  out.counter("holdfast_kmip_connections_total", "Connections of clients so far.", kmip.opened);
  out.counter("holdfast_kmip_resumed_total", "Of these, with a resumed TLS session.", kmip.resumed);
  const requests = "holdfast_kmip_requests_total";
  out.head(requests, "counter", "KMIP messages answered, by encoding.");
  for (const [encoding, count] of kmip.requests) out.line(`${requests}{encoding="${encoding}"}`, count);
  const refusals = "holdfast_kmip_refusals_total";
  out.head(refusals, "counter", "KMIP messages answered unread, connections ended or not taken, by reason.");
  for (const [reason, count] of kmip.refusals) out.line(`${refusals}{reason="${reason}"}`, count);
  const name = "holdfast_kmip_request_duration_seconds";
  out.head(name, "histogram", "Time from a whole KMIP message to its answer, inside the agent.");
  if (kmip.durations.count > 0) writeDurations(out, name, kmip.durations);
}

function writeDurations(out: MetricsWriter, name: string, { buckets, seconds, count }: Durations, label = ""): void {
  const rest = label === "" ? "" : `{${label}}`;
  const first = label === "" ? "" : `${label},`;
  let sum = 0;
  for (const [index, bound] of BUCKETS.entries()) {
    sum += buckets[index] ?? 0;
    out.line(`${name}_bucket{${first}le="${bound}"}`, sum);
  }
  out.line(`${name}_bucket{${first}le="+Inf"}`, count);
  out.line(`${name}_sum${rest}`, seconds);
  out.line(`${name}_count${rest}`, count);
}

function writeProcess(out: MetricsWriter): void {
  const { user, system } = process.cpuUsage();
  out.counter("process_cpu_seconds_total", "Processor time of the agent.", (user + system) / 1e6);
  out.gauge("process_resident_memory_bytes", "Memory of the agent.", process.memoryUsage.rss());
  const started = Math.round(Date.now() / 1000 - process.uptime());
  out.gauge("process_start_time_seconds", "When the agent started.", started);
}

class MetricsWriter {
  readonly #lines: string[] = [];

  head(name: string, type: "counter" | "gauge" | "histogram", help: string): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }

  line(name: string, value: number): void {
    this.#lines.push(`${name} ${value}`);
  }

  gauge(name: string, help: string, value: number): void {
    this.head(name, "gauge", help);
    this.line(name, value);
  }

  counter(name: string, help: string, value: number): void {
    this.head(name, "counter", help);
    this.line(name, value);
  }

  text(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}
