interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string | null }): unknown;
}

/**
 * Lets the bundler load our own files as scripts, and makes everything else that asks to be one, or to be HTML, fail.
 *
 * Pages require Trusted Types (server/content-security-policy.ts); the bundler knows nothing of them and is judged by
 * this default policy.
 */
function guardScripts(factory: PolicyFactory): void {
  factory.createPolicy("default", {
    createScriptURL: (url) => {
      const { origin, pathname } = new URL(url, location.origin);
      return origin === location.origin && pathname.startsWith("/_next/static/") ? url : null;
    },
  });
}

const { trustedTypes } = window as unknown as { trustedTypes?: PolicyFactory };
if (trustedTypes && process.env.NODE_ENV === "production") guardScripts(trustedTypes);
