import { secondsOf } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";

/** What members note beside something. Unsigned. */
export interface Annotation {
  readonly title: string;
  readonly notes: string;
  readonly owner: string;
  readonly ticket: string;
}

/** The note beside something; null when there is none. */
export async function findAnnotation(tx: TenantClient, scope: Scope, subject: string) {
  const row = await tx.annotation.findUnique({ where: { tenantId_environmentId_subject: { ...scope, subject } } });
  if (row === null) return null;
  const { title, notes, owner, ticket, writtenBy, writtenAt } = row;
  return { title, notes, owner, ticket, writtenBy, writtenAt: secondsOf(writtenAt) };
}

/** Writes the note beside something, in place of an older one. */
export async function writeAnnotation(
  tx: TenantClient,
  scope: Scope,
  given: { readonly subject: string; readonly annotation: Annotation; readonly writtenBy: string },
): Promise<void> {
  const { subject, annotation, writtenBy } = given;
  const data = { ...annotation, writtenBy, writtenAt: new Date() };
  await tx.annotation.upsert({
    where: { tenantId_environmentId_subject: { ...scope, subject } },
    create: { ...scope, subject, ...data },
    update: data,
  });
}
