import { type ReactNode, useId } from "react";

/** A labelled file input; the browser's own, in the look of a button. */
export function FileField({ label, hint, accept, onFile }: FileFieldProps) {
  const id = useId();
  return (
    <div className="grid min-w-0 content-start gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input
        id={id}
        type="file"
        accept={accept}
        aria-describedby={`${id}-about`}
        className="w-full min-w-0 rounded-lg border bg-ground p-1.5 text-sm text-muted file:mr-3 file:h-7 file:cursor-pointer file:rounded-md file:border file:border-line file:bg-panel file:px-2.5 file:text-sm file:font-medium file:text-ink hover:file:bg-hover"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) onFile(file);
        }}
      />
      <p id={`${id}-about`} className="text-sm text-muted">
        {hint}
      </p>
    </div>
  );
}

interface FileFieldProps {
  label: string;
  hint: ReactNode;
  accept: string;
  onFile: (file: File) => void;
}
