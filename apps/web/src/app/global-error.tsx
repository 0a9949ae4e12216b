"use client";

/** Where even the document's frame broke: plain, and without anything that could break again. */
export default function GlobalErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main style={{ margin: "4rem auto", maxWidth: "30rem", padding: "0 1rem", fontFamily: "system-ui" }}>
          <h1>This page broke</h1>
          <p>No key was changed by this; your key servers keep working without the dashboard.</p>
          <button type="button" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
