import { defineConfig } from 'rolldown';

const common = {
  platform: 'node',
  transform: { target: 'node20' },
  // jiti finds its own files beside itself, so it stays a package.
  external: ['jiti'],
};

/** `dist/cli.cjs` is one file whose lazy parts stay lazy; `dist/script.*` is what `import 'zx-tasks'` gives. */
export default defineConfig([
  {
    ...common,
    input: 'cli.ts',
    output: {
      file: 'dist/cli.cjs',
      format: 'cjs',
      codeSplitting: false,
      dynamicImportInCjs: false,
      minify: 'dce-only',
    },
  },
  { ...common, input: 'script.ts', output: { file: 'dist/script.mjs', format: 'esm' } },
  { ...common, input: 'script.ts', output: { file: 'dist/script.cjs', format: 'cjs' } },
]);
