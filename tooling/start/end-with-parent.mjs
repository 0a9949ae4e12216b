// Loaded into every process that `npm start` runs: ends it in good order when the other end of its channel is gone.
if (process.channel) {
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}
