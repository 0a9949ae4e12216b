// Who may import whom, as code. The table in ARCHITECTURE.md says the same in words; "comment" is the reason a reader
// sees when a rule fails. tooling/imports/import-rules.test.ts plants one violation of every rule.
const MAY = {
  "packages/protocol": [],
  "packages/tlog": ["protocol"],
  "packages/kmip": ["protocol"],
  "packages/crypto": ["protocol"],
  "packages/custody-report": ["protocol", "tlog"],
  "packages/db": ["protocol"],
  "packages/notices": ["protocol"],
  "packages/testkit": ["protocol", "tlog", "custody-report"],
  "apps/web": ["protocol", "tlog", "custody-report", "db", "notices"],
  "apps/agent": ["protocol", "tlog", "kmip", "crypto", "custody-report", "notices"],
  "apps/verify": ["protocol", "tlog", "custody-report"],
  "apps/approve": ["protocol"],
};
const TEST = "[.]test[.]tsx?$|/testing/";

const edges = Object.entries(MAY).map(([from, allowed]) => ({
  name: `edges-of-${from}`,
  severity: "error",
  comment: "See ARCHITECTURE.md, who may import whom. Adding an edge needs a decision record.",
  from: { path: `^${from}/`, pathNot: TEST },
  to: { path: "^(packages|apps)/", pathNot: [`^${from}/`, ...allowed.map((name) => `^packages/${name}/`)] },
}));

const boundaries = [
  {
    name: "browser-code-is-not-server-code",
    severity: "error",
    comment: "What runs in the browser must not reach the session, the database or the gateway.",
    from: { path: "^apps/web/src/(browser|components|features)/", pathNot: TEST },
    to: {
      path: "^(apps/web/src/(server|gateway)|packages/db)/",
      pathNot: "^apps/web/src/server/trpc/app-router[.]type[.]ts$",
    },
  },
  {
    name: "browser-code-has-no-node",
    severity: "error",
    comment: "What runs in the browser must not need Node.",
    from: { path: "^(apps/web/src/(browser|components|features)|apps/approve/src)/", pathNot: TEST },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "one-door-for-key-material",
    severity: "error",
    comment: "Every caller of egress is listed here and in docs/threat-model/agent-host.md.",
    from: { pathNot: `^packages/crypto/src/egress|^apps/agent/src/(operations/get|custody/)|${TEST}` },
    to: { path: "^packages/crypto/src/egress[.]ts$" },
  },
  {
    name: "providers-only-through-crypto",
    severity: "error",
    comment: "webcrypto-core checks key usage in SubtleCrypto, not in a provider called directly.",
    from: { pathNot: `^packages/crypto/src/(provider|selftest)/|${TEST}` },
    to: { path: "^packages/crypto/src/provider/", pathNot: "/crypto[.]ts$" },
  },
  {
    name: "pure-stays-pure",
    severity: "error",
    comment: "These run in the browser and in the auditor's program.",
    from: { path: "^packages/(protocol|tlog|custody-report)/src/", pathNot: TEST },
    to: { dependencyTypes: ["core"] },
  },
];

/**
 * What must not be reached, over however many files. check-imports.ts follows these itself: the cruiser's own `reachable` looks for
 * a way between every two modules, and takes a minute.
 */
export const walls = [
  {
    name: "web-holds-no-keys",
    comment: "The control plane must be unable to do cryptography with customer keys, even by accident.",
    from: { path: "^apps/(web|approve)/", pathNot: TEST },
    to: { path: "^(packages/(crypto|kmip)|apps/agent)/" },
  },
  {
    name: "shares-stay-with-custodians",
    comment: "What opens a custodian's share runs at the key server's page and at a terminal; never in the dashboard.",
    from: { path: "^apps/(web|verify)/", pathNot: TEST },
    to: { path: "^packages/protocol/src/custodian/" },
  },
  {
    name: "verify-stands-alone",
    comment: "An auditor must be able to read and run apps/verify without trusting the rest.",
    from: { path: "^apps/verify/", pathNot: TEST },
    to: { path: "^(packages/(crypto|kmip|db)|apps/(web|agent))/" },
  },
  {
    name: "agent-has-no-database",
    comment: "Agents keep working when the control plane is gone.",
    from: { path: "^apps/agent/", pathNot: TEST },
    to: { path: "^(packages/db|prisma)/" },
  },
  {
    name: "witness-holds-no-keys",
    comment: "A witness runs for others, where no key may be: it reaches nothing that opens, keeps or uses one.",
    from: { path: "^apps/agent/src/witness-service/", pathNot: TEST },
    to: {
      path: "^(packages/(crypto|kmip)|apps/agent/src/(custody|operations|lifecycle|admission|agent[.]ts|domain[.]ts))",
    },
  },
];

const hygiene = [
  {
    name: "no-way-round-exports",
    severity: "error",
    comment: "A package is used by its name and exports, never by a path into it.",
    from: { path: "^(apps|packages)/([^/]+)/", pathNot: TEST },
    to: { path: "^packages/", pathNot: "^$1/$2/", dependencyTypes: ["local"] },
  },
  {
    name: "no-cycles",
    severity: "error",
    comment: "Two files that need each other are one.",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "no-undeclared",
    severity: "error",
    comment: "Everything imported exists and stands in the importing workspace's package.json (knip checks our own).",
    from: { path: "^(apps|packages|e2e)/", pathNot: TEST },
    to: { pathNot: "^(apps|packages)/", dependencyTypes: ["unknown", "undetermined", "npm-no-pkg", "npm-unknown"] },
  },
  {
    name: "no-dev-dependency-in-src",
    severity: "error",
    comment: "What runs in production is a dependency, not a development dependency.",
    from: { path: "^(apps|packages)/[^/]+/src/", pathNot: TEST },
    to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only", "npm"] },
  },
  {
    name: "no-testkit-in-src",
    severity: "error",
    comment: "Test tools never run in production.",
    from: { pathNot: `${TEST}|^(e2e|packages/testkit)/` },
    to: { path: "^packages/testkit/" },
  },
];

export default {
  forbidden: [...edges, ...boundaries, ...hygiene],
  options: {
    tsPreCompilationDeps: true,
    parser: "swc",
    tsConfig: { fileName: "apps/web/tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(apps|packages|e2e|tooling)/(?!.*node_modules/).*([.]next|dist|generated|[.]holdfast)/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["types", "import", "node", "default"] },
  },
};
