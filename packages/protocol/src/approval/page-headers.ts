/** What the manifest of a build of the approval page says of it: hashes as Content-Security-Policy writes them. */
export interface PageHashes {
  readonly script: string;
  readonly style: string;
  readonly page: string;
}

/** Headers of every answer of whoever serves an approval page: nothing frames it, shares a process with it or is kept. */
export const APPROVAL_ANSWER_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "permissions-policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
};

/**
 * Headers of the page itself: only its own script and style run.
 *
 * @param speaksTo - Whom its script may ask: the key server that serves it, or nobody, as at the operator's hosted page.
 */
export function approvalPageHeaders(
  { script, style }: Pick<PageHashes, "script" | "style">,
  speaksTo: "self" | "none",
): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src '${script}'`,
    `style-src '${style}'`,
    "font-src data:",
    "img-src data:",
    `connect-src '${speaksTo}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return {
    ...APPROVAL_ANSWER_HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
  };
}
