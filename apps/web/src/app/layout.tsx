import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { Connection } from "@/features/connection/connection.tsx";
import { StyleNonce } from "@/features/connection/style-nonce.tsx";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Holdfast", template: "%s · Holdfast" },
  description: "Keys that only you can reach.",
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbfcfb" },
    { media: "(prefers-color-scheme: dark)", color: "#0d1412" },
  ],
};

/** The document: fonts served by ourselves, and the theme from a cookie so that no script has to run first. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get("theme")?.value;
  const nonce = (await headers()).get("x-nonce") ?? "";
  return (
    <html
      lang="en"
      data-theme={theme === "light" || theme === "dark" ? theme : undefined}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <body>
        <StyleNonce nonce={nonce} />
        <Connection>{children}</Connection>
      </body>
    </html>
  );
}
