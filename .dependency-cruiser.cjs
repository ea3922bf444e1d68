/** The import table of docs/decisions.md: a folder may import what its line names, and src/model. */
const MAY = {
  catalog: [],
  stacks: [],
  aws: [],
  simulator: [],
  store: [],
  engine: ['stacks'],
  provider: ['simulator', 'services', 'aws', 'stacks'],
  services: ['aws'],
  estate: ['services'],
  rules: ['estate', 'services'],
  recovery: ['estate', 'services'],
  verdicts: ['rules', 'recovery', 'catalog', 'estate', 'services'],
  drills: ['verdicts', 'rules', 'recovery', 'estate', 'services', 'store', 'aws', 'catalog'],
  reports: ['verdicts', 'rules', 'recovery', 'estate', 'services'],
};
const layers = Object.entries(MAY).map(([from, to]) => ({
  name: `${from}-imports-its-layers-only`,
  comment: `src/${from} may import src/model${to.map((t) => `, src/${t}`).join('')} and nothing else of this project.`,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^(src|checks|scripts|infra)/', pathNot: `^src/(model|${[from, ...to].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'model-imports-nothing',
      severity: 'error',
      from: { path: '^src/model/' },
      to: { path: '^(src|scripts|infra)/', pathNot: '^src/model/' },
    },
    {
      name: 'infra-imports-pulumi-only',
      comment: 'The thing verified must not import the verifier.',
      severity: 'error',
      from: { path: '^infra/' },
      to: { pathNot: ['^infra/', '^node_modules/@pulumi/'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'checks-import-no-scripts-or-simulator',
      comment: 'A check observes AWS through the session it is given, whichever world that is.',
      severity: 'error',
      from: { path: '^checks/' },
      to: { path: '^(scripts|infra|src/(stacks|simulator|reports))/' },
    },
    {
      name: 'policies-judge-only',
      comment: 'The pack judges by the pipeline of verify; it observes no AWS, simulates none and renders nothing.',
      severity: 'error',
      from: { path: '^policies/' },
      to: { path: '^(checks|scripts|infra|src/(aws|drills|engine|provider|reports|simulator))/' },
    },
    {
      name: 'src-imports-no-scripts',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(checks|scripts|infra|policies|test|bench)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
