import type { Command } from "./command.ts";

/** A command as it stands in the table: what `--help` says of it, and how the rest of it is loaded. */
export interface ListedCommand {
  /** The words that name it, such as `key create`. */
  readonly name: string;
  readonly summary: string;
  /** Loads the command's own file, and with it what the command needs; nothing else of the agent is loaded before. */
  load(): Promise<Command>;
}

/**
 * Every command, in the order `--help` shows them. A file is named by `import()` alone, so that a command's start reads
 * the code of that command and of no other.
 */
export const COMMANDS: readonly ListedCommand[] = [
  ...commandsIn(() => import("./init.ts").then(({ init }) => ({ init })), {
    init: "Make a new agent: its keys, its key-encryption key, its recovery file",
  }),
  ...commandsIn(() => import("./serve.ts").then(({ serve }) => ({ serve })), {
    serve: "Serve a data folder until told to stop",
  }),
  ...commandsIn(() => import("./service.ts").then(({ service }) => ({ service })), {
    service: "Print a hardened systemd unit for this agent",
  }),
  ...commandsIn(() => import("./claim.ts").then(({ claim }) => ({ claim })), {
    claim: "Print a new one-use address for registering the first administrator",
  }),
  ...commandsIn(() => import("./confirm.ts").then(({ confirm }) => ({ confirm })), {
    confirm: "Confirm the registration that waits at the console, which founds the domain",
  }),
  ...commandsIn(() => import("./status.ts").then(({ status }) => ({ status })), {
    status: "Show what this agent is and how it is",
  }),
  ...commandsIn(() => import("./doctor.ts").then(({ doctor }) => ({ doctor })), {
    doctor: "Look for what is wrong or soon will be, and say what to do",
  }),
  ...commandsIn(() => import("./production.ts").then(({ production }) => ({ production })), {
    production: "What is left on the way from a try-out to production, in its order; keys and log stay",
  }),
  ...commandsIn(() => import("./move.ts").then(({ move }) => ({ move })), {
    move: "Move the approval page to its new name, step by step: run it again after each; keys and log stay",
  }),
  ...commandsIn(() => import("./page.ts").then(({ pageCommands }) => pageCommands), {
    "page setup": "Put the approval page on a name of yours: request a certificate, or install one",
    "page show": "Show every address of the approval page: its certificate, passkeys, and what a browser proved",
    "page check":
      "Prove from a browser that name, certificate and address are right: prints an address, waits for it to be opened",
    "page remove": "Serve the page at a name no longer; refused while passkeys belong to it",
  }),
  ...commandsIn(() => import("./page-peers.ts").then(({ pagePeerCommands }) => pagePeerCommands), {
    "page peer add": "Name another key server whose page has the same name: what this one does not know is asked of it",
    "page peer list": "Show the other key servers whose page has the same name",
    "page peer remove": "Ask another key server behind the same name no more",
  }),
  ...commandsIn(() => import("./seal.ts").then(({ seal, unseal }) => ({ seal, unseal })), {
    seal: "Take the root key out of memory: everything stops until `unseal`",
    unseal: "Bring the root key back into memory; where custodians' shares do it, give one share",
  }),
  ...commandsIn(() => import("./rekey.ts").then(({ rekey }) => ({ rekey })), {
    rekey: "Change how this agent is unsealed, or its passphrase, file or shares, while it goes on",
  }),
  ...commandsIn(() => import("./kek.ts").then(({ kekCommands }) => kekCommands), {
    "kek status": "Show the key-encryption keys, and how far a rotation is",
    "kek rotate": "Bring all keys under a new key-encryption key, while they are used, and destroy the one before",
  }),
  ...commandsIn(() => import("./lock.ts").then(({ lock, unlock }) => ({ lock, unlock })), {
    lock: "Lock the domain: no change of applications' keys, of clients, rules or trust; use goes on, and so do seal, rekey and kek rotate",
    unlock: "Propose to unlock the domain",
  }),
  ...commandsIn(() => import("./domain-set.ts").then(({ domainSet }) => ({ "domain set": domainSet })), {
    "domain set": "Decide when a new key is answered for, and whether the dashboard is told names",
  }),
  ...commandsIn(() => import("./link.ts").then(({ link, unlink }) => ({ link, unlink })), {
    link: "Join a control plane, with a token from its dashboard",
    unlink: "Leave the control plane; keys, log and use stay as they are",
  }),
  ...commandsIn(
    () =>
      import("./notices.ts").then(({ noticesSet, noticesShow, noticesTest, noticesOff }) => ({
        "notices set": noticesSet,
        "notices show": noticesShow,
        "notices test": noticesTest,
        "notices off": noticesOff,
      })),
    {
      "notices set": "Have this key server tell a webhook or mail addresses by itself; what is left out stays",
      "notices show": "Show where this key server sends notices, and what became of the last ones",
      "notices test": "Send a test to every receiver and say how each went",
      "notices off": "Have this key server tell nobody by itself",
    },
  ),
  ...commandsIn(() => import("./key-create.ts").then(({ keyCreate }) => ({ "key create": keyCreate })), {
    "key create": "Create a key or a key pair",
  }),
  ...commandsIn(() => import("./key-register.ts").then(({ keyRegister }) => ({ "key register": keyRegister })), {
    "key register": "Bring your own keys: import begin, seal and commit in one, on the agent's host",
  }),
  ...commandsIn(() => import("./key-list.ts").then(({ keyList }) => ({ "key list": keyList })), {
    "key list": "List the keys this agent holds",
  }),
  ...commandsIn(() => import("./key-show.ts").then(({ keyShow }) => ({ "key show": keyShow })), {
    "key show": "Show one key and its versions",
  }),
  ...commandsIn(() => import("./key-change.ts").then(({ keyChanges }) => keyChanges), {
    "key activate": "Activate a key that was made for later",
    "key rotate": "Give a key a new version; old ciphertexts still open",
    "key suspend": "Suspend a key: it neither encrypts nor decrypts until resumed",
    "key resume": "Resume a suspended key",
    "key deactivate": "Retire a key: opens old data, encrypts nothing new",
    "key compromise": "Mark a key as exposed",
    "key destroy":
      "Destroy a key for ever: after the rule's delay, cancellable until then; with a local administrator at once",
    "key label": "Change a key's name, or the alias that applications find it by",
    "key group": "Move a key to another group, and so to other grants",
  }),
  ...commandsIn(() => import("./key-export.ts").then(({ keyExport }) => ({ "key export": keyExport })), {
    "key export": "Take keys out, wrapped for the holder of a private key",
  }),
  ...commandsIn(() => import("./schedule.ts").then(({ scheduleCommands }) => scheduleCommands), {
    "schedule set": "Have the agent rotate, retire or remind of a key by itself",
    "schedule list": "List what the agent does by itself, the next first, and keys whose rotation is due",
    "schedule clear": "End a schedule of a key at once",
  }),
  ...commandsIn(() => import("./crypto-allow.ts").then(({ cryptoAllow }) => ({ "crypto allow": cryptoAllow })), {
    "crypto allow": "Say which old algorithms clients may use; all others are refused",
  }),
  ...commandsIn(() => import("./client-create.ts").then(({ clientCreate }) => ({ "client create": clientCreate })), {
    "client create":
      "Enrol an application: issues its certificate, over its own key where it has one, and writes its files",
  }),
  ...commandsIn(() => import("./client-permit.ts").then(({ clientPermit }) => ({ "client permit": clientPermit })), {
    "client permit": "Make a secret by which machines enrol by themselves: so many, for so long, from named networks",
  }),
  ...commandsIn(() => import("./client-enrol.ts").then(({ clientEnrol }) => ({ "client enrol": clientEnrol })), {
    "client enrol":
      "On a machine that needs keys: enrol it by a secret that administrators made; its key never leaves it",
  }),
  ...commandsIn(() => import("./client-list.ts").then(({ clientList }) => ({ "client list": clientList })), {
    "client list": "List the applications that may use keys",
  }),
  ...commandsIn(() => import("./client-update.ts").then(({ clientUpdate }) => ({ "client update": clientUpdate })), {
    "client update": "Change what an application may do: these grants in place of all it had",
  }),
  ...commandsIn(() => import("./client-revoke.ts").then(({ clientRevoke }) => ({ "client revoke": clientRevoke })), {
    "client revoke": "Withdraw an application's access, or an enrolment secret, at once",
  }),
  ...commandsIn(() => import("./client-rotate.ts").then(({ clientRotate }) => ({ "client rotate": clientRotate })), {
    "client rotate": "On the application's machine: renew its certificate for a new key, with the still valid one",
  }),
  ...commandsIn(() => import("./intro.ts").then(({ introCommands }) => introCommands), {
    "intro invite": "Print a one-use address at which a newcomer gives a key to this agent",
    "intro add": "Give a newcomer's key to this agent from a file, and print its eight words",
    "intro list": "List what newcomers gave to this agent, and invitations that are open",
    "intro remove": "Forget what a newcomer gave: no command may name it any more",
  }),
  ...commandsIn(() => import("./administrators.ts").then(({ administratorCommands }) => administratorCommands), {
    "admin list": "List administrators and their passkeys",
    "admin invite": "Print a one-use address at which a person makes approval passkeys at this agent",
    "admin add": "Propose to add administrators, or further passkeys of one, by what they gave to this agent",
    "admin remove": "Propose to remove an administrator, or one passkey; it is in force as soon as it is approved",
  }),
  ...commandsIn(() => import("./policy.ts").then(({ policyCommands }) => policyCommands), {
    "policy list": "List what each act needs: how many administrators, of which groups, and how long it waits",
    "policy set": "Propose another rule for an act (`*`: every act not named; roster.update: administrators and rules)",
    "policy default": "Propose the rules that suit the number of administrators",
    "policy makers": "Propose which makers' passkeys are taken from now on; passkeys that are there stay",
    "policy machines":
      "Propose that key servers are taken in only with a TPM's word, by these makers; those that are there stay",
  }),
  ...commandsIn(() => import("./roster.ts").then(({ rosterCommands }) => rosterCommands), {
    "roster show": "Show administrators, rules, key servers, witnesses, and what waits to change them",
    "roster list": "List changes of administrators and rules that wait for approvals or for their delay",
    "roster renew": "Propose that administrators and rules, as they are, be good for another 400 days",
    "roster approve": "Approve a change of administrators and rules that waits, as this host's local administrator",
    "roster cancel": "Say no to a change of administrators and rules that waits; with passkeys, where",
    "roster export":
      "Write a change with the approvals it has into a file; `command deliver` takes it at another key server",
  }),
  ...commandsIn(() => import("./agents.ts").then(({ agentCommands }) => agentCommands), {
    "agent list": "List the key servers of this environment",
    "agent bundle": "Write what another key server joins this environment by; it holds nothing secret",
    "agent introduce": "Take a new key server's request, and print the eight words that its administrators compare",
    "agent add": "Propose to take a key server in, by what it gave to this agent",
    "agent send-root":
      "Write the root key, sealed to a key server that the administrators have taken in; the custody log has it",
    "agent remove": "Propose to remove a key server; it is in force as soon as it is approved",
  }),
  ...commandsIn(() => import("./join.ts").then(({ join }) => ({ join })), {
    join: "Join an environment that another key server founded: first its bundle, later the root key it sends",
  }),
  ...commandsIn(() => import("./server-cert.ts").then(({ serverCertCommands }) => serverCertCommands), {
    "server-cert csr": "Make a key and a request for the listeners' certificate from your own authority",
    "server-cert install": "Install the chain that your authority issued; listeners show it at once, connections go on",
    "server-cert show": "Show which certificate the listeners have",
    "server-cert remove": "Go back to certificates of the agent's own authority",
  }),
  ...commandsIn(() => import("./authority.ts").then(({ authorityCommands }) => authorityCommands), {
    "ca show": "Show the agent's own authority, and which clients depend on an older one",
    "ca begin": "Make a new authority beside the present one; both are trusted",
    "ca switch": "Let listeners show certificates of the new authority",
    "ca finish": "Stop trusting the authority before",
  }),
  ...commandsIn(
    () =>
      import("./commands.ts").then(({ commandList, commandExport, commandDeliver, commandCancel }) => ({
        "command list": commandList,
        "command export": commandExport,
        "command deliver": commandDeliver,
        "command cancel": commandCancel,
      })),
    {
      "command list": "List commands that wait for approval or for their delay",
      "command export": "Write a command with the approvals it has into a file; `command deliver` takes it",
      "command deliver": "Deliver an envelope (a command with its approvals) from a file",
      "command cancel": "Cancel a command that waits; with passkeys, where",
    },
  ),
  ...commandsIn(() => import("./recover.ts").then(({ recoverCommands }) => recoverCommands), {
    "recover begin": "Nobody has a passkey any more: print where to make others, and lead through the rest",
    "recover propose": "Draft the recovery from the passkeys that were made, once their words were compared",
    "recover sign":
      "Sign a recovery with a replacement key's 24 words (the words stay here; the agent gets the signature)",
    "recover object": "Stop a change of the replacement keys with one of the present ones",
    "recover status": "Show the replacement keys' rules, and recoveries that wait",
    "recover practice": "Check that a replacement key's 24 words still work; nothing is signed, sent or changed",
  }),
  ...commandsIn(() => import("./replacement-keys.ts").then(({ replacementKeyCommands }) => replacementKeyCommands), {
    "recover invite": "Print a one-use address at which somebody makes and keeps a further replacement key",
    "recover make":
      "Make a further replacement key at this console: shows its 24 words once, or writes them to a new file",
    "recover add": "Propose replacement keys that were introduced, beside or in place of those of today",
    "recover remove":
      "Propose that a replacement key replaces nothing any more: its words are lost, or somebody saw them",
    "recover rules": "Propose how many replacement keys a recovery takes, and how long it waits (P1D to P30D)",
  }),
  ...commandsIn(() => import("./backup-policy.ts").then(({ backupPolicy }) => ({ "backup policy": backupPolicy })), {
    "backup policy": "Show how backups are made by the agent alone, or decide it",
  }),
  ...commandsIn(
    () =>
      import("./backup.ts").then(({ backupCreate, backupVerify, backupRestore, backupDrill }) => ({
        "backup create": backupCreate,
        "backup verify": backupVerify,
        "backup restore": backupRestore,
        "backup drill": backupDrill,
      })),
    {
      "backup create": "Make a backup now: to every destination of the policy, or into a file",
      "backup verify": "Check a backup: its signature and digest, and with the recovery file that it opens",
      "backup restore": "Restore a backup into an empty data folder, under a new key-encryption key",
      "backup drill": "Let custodians prove that they can open their share of a backup; nothing is shown or restored",
    },
  ),
  ...commandsIn(
    () => import("./custodian-key.ts").then(({ custodianKey }) => ({ "escrow custodian-key": custodianKey })),
    {
      "escrow custodian-key":
        "Make a custodian's own key file, and the public part to introduce (on the custodian's computer)",
    },
  ),
  ...commandsIn(() => import("./escrow.ts").then(({ escrowCommands }) => escrowCommands), {
    "escrow enrol": "Say who holds shares of backups from now on, and how many of them open one",
    "escrow status": "Show who holds shares, when each last proved it, and which backups need new custodians",
  }),
  ...commandsIn(
    () => import("./escrow-release.ts").then(({ escrowRelease }) => ({ "escrow release": escrowRelease })),
    {
      "escrow release":
        "On a new host: restore a backup with its custodians, each at this agent's page or command line",
    },
  ),
  ...commandsIn(() => import("./escrow-give.ts").then(({ escrowGive }) => ({ "escrow give": escrowGive })), {
    "escrow give":
      "As a custodian: give your share to a release, or answer a drill, with your key file or your 24 words",
  }),
  ...commandsIn(() => import("./escrow-take.ts").then(({ escrowTake }) => ({ "escrow take": escrowTake })), {
    "escrow take": "Hand a share over that a custodian gave as a file",
  }),
  ...commandsIn(
    () => import("./restore-accept.ts").then(({ restoreAccept }) => ({ "restore accept": restoreAccept })),
    {
      "restore accept": "Accept the state of a restored agent, which lets it change keys again",
    },
  ),
  ...commandsIn(() => import("./restore-links.ts").then(({ restoreLinks }) => ({ "restore links": restoreLinks })), {
    "restore links": "Take changes of administrators that came after the backup, from a custody report that has them",
  }),
  ...commandsIn(
    () => import("./log-accept-loss.ts").then(({ logAcceptLoss }) => ({ "log accept-loss": logAcceptLoss })),
    {
      "log accept-loss": "Show what an older disk lacks, and have administrators give it up where it is gone for good",
    },
  ),
  ...commandsIn(() => import("./clock.ts").then(({ clockAccept }) => ({ "clock accept": clockAccept })), {
    "clock accept": "Have administrators take this agent's clock as right after it was set",
  }),
  ...commandsIn(() => import("./import.ts").then(({ importCommands }) => importCommands), {
    "import begin": "Have the agent make a one-time key that keys are sealed to",
    "import offer": "Fetch the offer of an import that was approved",
    "import list": "List imports that are open",
    "import commit": "Take sealed keys in",
    "import end": "End an import that is open: nothing sealed to it comes in any more",
  }),
  ...commandsIn(() => import("./import-seal.ts").then(({ importSeal }) => ({ "import seal": importSeal })), {
    "import seal": "Seal keys to a key server's offer, where the keys are: needs no agent",
  }),
  ...commandsIn(() => import("./export-open.ts").then(({ exportOpen }) => ({ "export open": exportOpen })), {
    "export open": "Open keys that were let out, with the recipient's private key: needs no agent",
  }),
  ...commandsIn(() => import("./migrate.ts").then(({ migrateFrom }) => ({ migrate: migrateFrom })), {
    migrate:
      "Move keys from another KMIP server, from Vault or from a file, under the identifiers that they have there",
  }),
  ...commandsIn(
    () =>
      import("./audit.ts").then(({ auditTail, auditVerify, auditRefusals, auditExport }) => ({
        "audit tail": auditTail,
        "audit verify": auditVerify,
        "audit refusals": auditRefusals,
        "audit export": auditExport,
      })),
    {
      "audit tail": "Show the newest entries of the custody log",
      "audit verify": "Recompute the whole custody log against its signed checkpoint",
      "audit refusals": "Show what was refused without an entry of its own: counts by code and minute",
      "audit export": "Write the whole custody log, with its checkpoint, to a file",
    },
  ),
  ...commandsIn(() => import("./attest.ts").then(({ attest }) => ({ attest })), {
    attest: "Have the agent sign what it is: build, runtime, roster, checkpoint, keys",
  }),
  ...commandsIn(() => import("./report.ts").then(({ report }) => ({ report })), {
    report: "Write the custody report: a signed PDF and the evidence bundle",
  }),
  ...commandsIn(() => import("./witness.ts").then(({ witnessCommands }) => witnessCommands), {
    "witness add": "Have this agent's log cosigned by a witness, and held against what it has seen",
    "witness list": "List this agent's witnesses and when they last cosigned, and the key that signs its log",
    "witness remove": "Show this agent's log no more to a witness that this host was told of",
    "witness name": "Propose that administrators name a witness, so that readers of reports count it by themselves",
    "witness unname": "Propose that administrators name a witness no more",
    "witness compare": "Hold a signed head that was found elsewhere against this agent's log",
  }),
  ...commandsIn(() => import("./witness-serve.ts").then(({ witnessServiceCommands }) => witnessServiceCommands), {
    "witness serve": "Serve a witness: it remembers the heads of logs and cosigns what extends them",
    "witness follow": "Tell a witness to follow a log, named by the key that signs it",
    "witness forget": "Make a witness forget a log, so that the next head it is shown is the first",
    "witness logs": "List the logs that a witness follows, and how far it has seen them",
    "witness service": "Print a hardened systemd unit for a witness",
  }),
];

/**
 * The commands of one file, under the names that the file gives them.
 *
 * @param load - Imports the file, and gives its commands by name.
 * @param summaries - What `--help` says of each; the compiler finds a name that only one of both has.
 */
function commandsIn<Name extends string>(
  load: () => Promise<Readonly<Record<Name, Command>>>,
  summaries: Readonly<Record<NoInfer<Name>, string>>,
): ListedCommand[] {
  const names = Object.keys(summaries) as Name[];
  return names.map((name) => ({ name, summary: summaries[name], load: async () => (await load())[name] }));
}
