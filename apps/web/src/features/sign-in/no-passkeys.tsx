"use client";
import { useEffect, useState } from "react";
import { Notice } from "@/components/notice.tsx";

/** Said where this browser or device cannot make passkeys, with the ways around it. */
export function NoPasskeys() {
  const [lacks, setLacks] = useState<"nothing" | "browser" | "device">("nothing");
  useEffect(() => {
    if (!("PublicKeyCredential" in window)) return setLacks("browser");
    void PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().then((can) =>
      setLacks(can ? "nothing" : "device"),
    );
  }, []);
  if (lacks === "browser") {
    return (
      <Notice tone="warning" title="This browser knows no passkeys">
        <p>Open this address in a current Chrome, Edge, Firefox or Safari.</p>
      </Notice>
    );
  }
  if (lacks === "device") {
    return (
      <Notice title="This device has no passkeys of its own">
        <p>A security key works, and so does your phone: choose it in your browser&apos;s window and scan the code.</p>
      </Notice>
    );
  }
  return null;
}
