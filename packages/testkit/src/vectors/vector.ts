/** One case of `vectors/`: what goes in, and that it is accepted or by which code it is refused. */
export interface Vector {
  readonly name: string;
  /** `ok`, or the code by which it is refused. */
  readonly expect: string;
  /** Of an accepted case: the code that it just does not meet. */
  readonly near?: string;
  /** Which function the input is for. */
  readonly check: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What an accepted input gives, where there is more to say than that it is accepted. */
  readonly output?: unknown;
  readonly why: string;
}

/** A case without its output, as it is written down here. */
export type Case = Omit<Vector, "output">;

/** An accepted case, near the code that it just does not meet. */
export function accepted(
  check: string,
  name: string,
  input: Case["input"],
  { why, near }: { readonly why: string; readonly near?: string },
): Case {
  return { name, expect: "ok", ...(near === undefined ? {} : { near }), check, input, why };
}

/** A refused case. */
export function refused(code: string, check: string, name: string, input: Case["input"], why: string): Case {
  return { name, expect: code, check, input, why };
}
