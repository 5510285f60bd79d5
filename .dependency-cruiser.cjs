// Who may import whom: ARCHITECTURE.md, "The dependency rule".
const only = (from, ...to) => ({
  name: `${from.replaceAll('/', '-')}-stays-in-bounds`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: '^(src|media|test|bench|scripts)/', pathNot: `^(${[from, ...to].join('|')})(/|$)` },
});
const programs = ['server', 'agent', 'relay', 'cli', 'extension'];

module.exports = {
  forbidden: [
    only('src/protocol'),
    only('src/core', 'src/protocol'),
    only('src/adapters', 'src/core', 'src/protocol'),
    ...programs.map((p) =>
      // The command line starts the other programs, by their main.ts and nothing else of them.
      only(
        `src/${p}`,
        'src/adapters',
        'src/core',
        'src/protocol',
        ...(p === 'cli' ? ['src/[a-z]+/main[.]ts'] : []),
      ),
    ),
    only('media', 'src/protocol', 'src/core/preview/report[.]ts'), // the check, for what is dropped onto a page
    {
      name: 'core-does-no-io',
      severity: 'error',
      from: { path: '^src/(core|protocol)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|crypto)$' },
    },
    {
      name: 'core-knows-no-editor-and-no-transport',
      severity: 'error',
      from: { path: '^src/(core|protocol)/' },
      to: { path: 'node_modules/(vscode|ws|execa|@modelcontextprotocol|@aws-sdk)' },
    },
    {
      name: 'only-the-extension-imports-vscode',
      severity: 'error',
      from: { pathNot: '^(src/extension|test/vscode)/' },
      to: { path: '^vscode$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
