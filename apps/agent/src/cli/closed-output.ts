/**
 * Lets the program go on where what it prints is read by nobody any more, as by `… | head`: what it does is done to its end
 * and its exit code says how, and a server that lost the reader of its log serves on.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
}
