/**
 * The control plane's database: who may see what of a tenant, and who somebody is before a tenant is known.
 *
 * @example
 * ```ts
 * const db = await openDb({ appUrl, identityUrl });
 * const environments = await db.withTenant(tenantId, (tx) => listEnvironments(tx, tenantId));
 * ```
 *
 * @packageDocumentation
 */
export { DbError, type DbErrorCode } from "./errors.ts";
export { CHANNELS, EVENT_KINDS, type EventKind, EventListener, type HoldfastEvent, parseEvent } from "./events.ts";
export type { ChallengePurpose } from "./identity/challenges.ts";
export { Identity } from "./identity/identity.ts";
export { type MigrationOptions, runMigrations } from "./migrate/run-migrations.ts";
export { notifyEvent, notifyMailbox } from "./notify.ts";
export { type Db, type DbOptions, openDb } from "./open-db.ts";
export {
  type AgentCondition,
  type AgentStatus,
  introduceAgent,
  noteAgentRun,
  removeAgent,
  writeAgentStatus,
  writeAttestation,
  writeLogSize,
} from "./repositories/agent-status.ts";
export { listAgents } from "./repositories/agents.ts";
export { listAlarms, listRefusedHeads, raiseAlarm } from "./repositories/alarms.ts";
export { findAnnotation, writeAnnotation } from "./repositories/annotations.ts";
export { AnswerSpace } from "./repositories/answer-space.ts";
export {
  answerCarried,
  CARRIED_KINDS,
  CARRIED_OUTCOMES,
  carryApprovals,
  countCarried,
  findDecidable,
  type GivenApproval,
  listCarried,
  takeCarried,
} from "./repositories/carried-approvals.ts";
export { findClient, listClients } from "./repositories/clients.ts";
export {
  COMMAND_STAGES,
  COMMAND_STATUSES,
  countOpenCommands,
  findCommand,
  listCommands,
  type ProposedCommand,
  proposeCommands,
  withdrawCommand,
} from "./repositories/commands.ts";
export {
  changesOf,
  findEntriesOf,
  findEntry,
  findLogHead,
  listEntries,
  readNodes,
} from "./repositories/custody-log.ts";
export { listDueKeys } from "./repositories/due-keys.ts";
export { countKeys, findKey, KEY_SORTS, listKeys, usesByClient, usesOfKey } from "./repositories/keys.ts";
export {
  appendEntries,
  findSettledSize,
  findWitnessHead,
  logSize,
  putCheckpoint,
  putWitnessHead,
  type StoredNode,
  type VerifiedEntry,
} from "./repositories/log-store.ts";
export {
  type CommandReport,
  finishRequest,
  type MailboxContents,
  reportCommand,
  takeMail,
} from "./repositories/mailbox.ts";
export { hasMailboxRoom, MAILBOX_ROOM } from "./repositories/mailbox-room.ts";
export {
  addChannel,
  confirmChannel,
  countChannels,
  countConfirmTry,
  environmentsWithChannels,
  findChannel,
  listChannels,
  NOTICE_FORMS,
  type NoticeChannel,
  removeChannel,
  rotateChannel,
  setChannelKinds,
} from "./repositories/notice-channels.ts";
export {
  alarmsSince,
  commandsToTell,
  decisionsSince,
  endingBetween,
  linksToTell,
  namesOf,
} from "./repositories/notice-conditions.ts";
export {
  addNotice,
  countNotices,
  type DueDelivery,
  dueDeliveries,
  listDeliveries,
  lockNotices,
  recordTry,
  reviveDelivery,
  sweepNotices,
  toldSubjects,
} from "./repositories/notice-outbox.ts";
export {
  addUse,
  type ClientFacts,
  type KeyFacts,
  type UseFacts,
  writeClient,
  writeKey,
} from "./repositories/read-model.ts";
export {
  type AnnouncedFile,
  beginReport,
  completeReport,
  countReportParts,
  dropReport,
  findUpload,
  putReportPart,
  readReportFile,
  sweepUploads,
} from "./repositories/report-upload.ts";
export {
  countOpenReportRequests,
  findReportFile,
  findReportPart,
  listReportRequests,
  listReports,
  requestReport,
} from "./repositories/reports.ts";
export {
  concludeLink,
  countOpenLinks,
  countWaitingLinks,
  type KeptIntroduction,
  type LinkReport,
  listIntroductions,
  listLinks,
  type ProposedLink,
  proposeLink,
  putIntroductions,
  reportLink,
  takeLinks,
  withdrawLink,
} from "./repositories/roster-proposals.ts";
export {
  countStored,
  exportStored,
  STORED_TABLE_NAMES,
  STORED_TABLES,
  type StoredTableName,
} from "./repositories/stored-data.ts";
export {
  createEnvironment,
  createTenant,
  findEnvironment,
  findTenantName,
  hasEnvironmentNamed,
  listEnvironments,
  listMembers,
  ROLES,
  type Role,
  rosterChainOf,
} from "./repositories/tenants.ts";
export { addRosterLinks, type EnvironmentTrust, findNewestRoster, lockTrust } from "./repositories/trust.ts";
export type { OwnMembership, Scope, TenantClient } from "./tenancy.ts";
export { uuidV7 } from "./uuid-v7.ts";
