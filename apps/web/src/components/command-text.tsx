/** A sentence whose commands stand between backquotes. */
export function CommandText({ text }: { text: string }) {
  const [words = "", command, ...rest] = text.split("`");
  if (command === undefined) return words;
  return (
    <>
      {words}
      <code className="font-mono text-sm">{command}</code>
      <CommandText text={rest.join("`")} />
    </>
  );
}
