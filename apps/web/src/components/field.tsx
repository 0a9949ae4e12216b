import { type ComponentProps, type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";

const CONTROL =
  "w-full min-w-0 rounded-lg border bg-ground px-3 text-ink placeholder:text-muted/80 hover:border-line-strong aria-invalid:border-danger disabled:opacity-60";

/** A labelled input with its hint and its error. */
export function TextField({ label, hint, error, className, mono, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <Field id={id} label={label} hint={hint} error={error} className={className}>
      <input
        {...rest}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={hint || error ? `${id}-about` : undefined}
        className={classNames(CONTROL, "h-9", mono && "font-mono text-sm")}
      />
    </Field>
  );
}

interface TextFieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: ReactNode;
  error?: string | null;
  mono?: boolean;
}

/** A labelled native select. */
export function SelectField({ label, hint, error, options, className, ...rest }: SelectFieldProps) {
  const id = useId();
  return (
    <Field id={id} label={label} hint={hint} error={error} className={className}>
      <select
        {...rest}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={hint || error ? `${id}-about` : undefined}
        className={classNames(CONTROL, "h-9 pr-8")}
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface SelectFieldProps extends ComponentProps<"select"> {
  label: string;
  hint?: ReactNode;
  error?: string | null;
  options: readonly (readonly [string, string])[];
}

/** A checkbox with its sentence. */
export function CheckField({ label, hint, ...rest }: { label: ReactNode; hint?: ReactNode } & ComponentProps<"input">) {
  const id = useId();
  return (
    <div className="flex gap-2.5">
      <input {...rest} id={id} type="checkbox" className="mt-[3px] size-3.5 shrink-0 accent-[var(--accent)]" />
      <label htmlFor={id} className="min-w-0">
        {label}
        {hint ? <span className="block text-sm text-muted">{hint}</span> : null}
      </label>
    </div>
  );
}

function Field({ id, label, hint, error, children, className }: FieldProps) {
  return (
    <div className={classNames("grid min-w-0 content-start gap-1.5", className)}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children}
      {error || hint ? (
        <p id={`${id}-about`} className={classNames("text-sm", error ? "text-danger" : "text-muted")}>
          {error ?? hint}
        </p>
      ) : null}
    </div>
  );
}

interface FieldProps {
  id: string;
  label: string;
  hint?: ReactNode;
  error?: string | null;
  children: ReactNode;
  className?: string;
}
