"use client";
import { setNonce } from "get-nonce";

/** Lets libraries that insert a style sheet do so under this page's policy. */
export function StyleNonce({ nonce }: { nonce: string }) {
  if (nonce) setNonce(nonce);
  return null;
}
