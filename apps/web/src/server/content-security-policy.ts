/** What a page may load: our own scripts that carry this answer's nonce, our own styles, nothing else. */
export function contentSecurityPolicy(
  nonce: string,
  given: { readonly dev: boolean; readonly secure: boolean },
): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${given.dev ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${given.dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    // React sets them on elements that the server drew; they cannot load or run anything.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${given.dev ? " ws:" : ""}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(given.dev ? [] : ["require-trusted-types-for 'script'", "trusted-types default nextjs"]),
    ...(given.secure ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}
