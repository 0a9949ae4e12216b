import { join } from "node:path";
import type { NextConfig } from "next";

const root = join(import.meta.dirname, "../..");

/** Headers that fit every answer, files included; what differs by request is set in src/proxy.ts. */
const HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "no-referrer" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Origin-Agent-Cluster", value: "?1" },
  {
    key: "Permissions-Policy",
    value:
      "publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self), camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=()",
  },
];

const config: NextConfig = {
  transpilePackages: [
    "@holdfast/custody-report",
    "@holdfast/db",
    "@holdfast/notices",
    "@holdfast/protocol",
    "@holdfast/tlog",
  ],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  images: { unoptimized: true },
  outputFileTracingRoot: root,
  turbopack: { root },
  experimental: { proxyClientMaxBodySize: "1mb" },
  headers: async () => [{ source: "/:path*", headers: HEADERS }],
};

export default config;
