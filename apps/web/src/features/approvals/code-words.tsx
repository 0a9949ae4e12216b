import { findErrorText } from "@holdfast/protocol";

/** Why the key server did not do it and what to do now, with the code for whoever looks it up. */
export function CodeWords({ code }: { code: string }) {
  const text = findErrorText(code);
  return (
    <span className="block basis-full text-sm text-muted [overflow-wrap:anywhere]">
      {text === null ? "The key server did not carry it out; its log says more." : `${text.what} ${text.next ?? ""}`}{" "}
      <code className="font-mono">{code}</code>
    </span>
  );
}
