// Loaded into every process that `npm start` runs: ends it in good order when the other end of its channel is gone.
// Processes that this one forks have channels of their own, which have to keep them alive: they do not load this.
const own = process.execArgv.indexOf(import.meta.url);
if (own > 0) process.execArgv.splice(own - 1, 2);
if (process.channel) {
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}
