/** Lines of a systemd unit that keep a service to its own folder and out of the kernel. */
export function hardening({
  data,
  privateDevices,
}: {
  readonly data: string;
  readonly privateDevices: boolean;
}): string {
  return `# Memory stays in memory: no core file, no swap, no other process
LimitCORE=0
CoredumpFilter=0
MemorySwapMax=0
UMask=0077
KeyringMode=private

# The file system: the data folder, and nothing else to write
ProtectSystem=strict
ReadWritePaths=${quoteUnitWord(data)}
ProtectHome=read-only
PrivateTmp=yes
${privateDevices ? "PrivateDevices=yes\n" : ""}ProtectProc=invisible
ProcSubset=all

# The kernel
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@debug @mount @reboot @swap @obsolete
SystemCallErrorNumber=EPERM
`;
}

/** One word of a unit's command line. @see systemd.service(5), Command lines */
export function quoteUnitWord(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@:,./+=%$-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('"', '\\"')}"`;
}
