import type { WebEnvironment } from "../env.ts";

/** The cookies this server sets. */
export type CookieName = "session" | "ceremony";

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** `__Host-` binds a cookie to this very host, but needs TLS; on loopback without it the name is plain. */
function fullName(name: CookieName, { secure }: WebEnvironment): string {
  return secure ? `__Host-holdfast-${name}` : `holdfast-${name}`;
}

/** A token from the request's cookies; null when there is none of the right form. */
export function readCookie(headers: Headers, name: CookieName, environment: WebEnvironment): string | null {
  const wanted = `${fullName(name, environment)}=`;
  const found = (headers.get("cookie") ?? "")
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part.startsWith(wanted));
  const value = found.length === 1 ? found[0]?.slice(wanted.length) : undefined;
  return value !== undefined && TOKEN.test(value) ? value : null;
}

/** Sets a cookie that scripts cannot read and other sites' requests do not carry. */
export function setCookie(
  headers: Headers,
  cookie: { readonly name: CookieName; readonly value: string; readonly maxAgeSeconds: number },
  environment: WebEnvironment,
): void {
  const sameSite = cookie.name === "ceremony" ? "Strict" : "Lax";
  headers.append(
    "set-cookie",
    [
      `${fullName(cookie.name, environment)}=${cookie.value}`,
      "Path=/",
      `Max-Age=${cookie.maxAgeSeconds}`,
      "HttpOnly",
      `SameSite=${sameSite}`,
      ...(environment.secure ? ["Secure"] : []),
    ].join("; "),
  );
}

export function clearCookie(headers: Headers, name: CookieName, environment: WebEnvironment): void {
  setCookie(headers, { name, value: "", maxAgeSeconds: 0 }, environment);
}
