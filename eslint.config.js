import tseslint from 'typescript-eslint';

/** Biome formats and lints; ESLint adds what needs types, and the laws of docs/decisions.md that can be checked. */
const KNOWN = {
  selector: "BinaryExpression[operator=/^[!=]==?$/] > MemberExpression[property.name='state']",
  message: 'Only model/known.ts and renderers look inside a Known: use fold, map, is, all, any, decide (law 1).',
};
const CLOCK = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is passed in (law 8).' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Time is passed in (law 8).' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Randomness is passed in (law 8).' },
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'The environment is passed in (law 8).' },
  { selector: "MemberExpression[object.name='console']", message: 'Only scripts print.' },
];
/** The object `z` brings the messages of every language along: 0.4 MB more to parse at each start. */
const ZOD = {
  selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier",
  message: "Write import * as z from 'zod', of which only what is used gets into dist/.",
};

export default tseslint.config(
  { ignores: ['dist', 'out', 'node_modules', 'test/programs', '**/*.cjs', '**/*.mjs', '**/*.js'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: 'tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      'no-restricted-syntax': ['error', ZOD],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    // Modules that are started as processes of their own have an environment of their own.
    ignores: ['src/model/known.ts', 'src/reports/**', 'src/stacks/program/**', 'src/*/child/**'],
    rules: { 'no-restricted-syntax': ['error', KNOWN, ZOD, ...CLOCK] },
  },
  { files: ['src/reports/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ZOD, ...CLOCK] } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
