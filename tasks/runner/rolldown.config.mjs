import { resolve } from 'node:path';
import { defineConfig } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const common = {
  platform: 'node',
  transform: { target: 'node20' },
  // jiti finds its own files beside itself, so it stays a package.
  external: ['jiti'],
};

const entry = 'cli.cjs';

/**
 * `dist/cli.cjs` is what every start loads, and each lazy part is a file of its own. `dist/script.*` is what
 * `import 'zx-tasks'` gives.
 */
export default defineConfig([
  {
    ...common,
    input: 'cli.ts',
    preserveEntrySignatures: 'allow-extension',
    plugins: [quickList(), quickStart(), thirdPartyLicenses()],
    output: {
      dir: 'dist',
      cleanDir: true,
      format: 'cjs',
      entryFileNames: entry,
      chunkFileNames: ({ name }) => `part-${name}.cjs`,
      codeSplitting: {
        groups: [
          {
            // Not used where nothing is to be done.
            name: 'stale',
            test: /runner\/fresh\/(?:course|glob|meanwhile|made|claim|bare|key)\.ts/,
            includeDependenciesRecursively: false,
          },
          {
            name: 'fresh',
            test: /runner\/(?:fresh(?!\/(?:regex|foresee|gone-cells)\.)|text\/(?:digest|version-in))|@noble/,
            includeDependenciesRecursively: false,
          },
          { name: 'rare', test: (id) => rare.has(id), includeDependenciesRecursively: false },
          { name: 'cli', test: (id) => eager.has(id) },
          { name: 'regex', test: /fresh\/regex\.ts|picomatch/ },
          // Measuring and cutting odd texts takes tables that few lists need.
          { name: 'ansi', test: /\/(?:ansi-styles|ansi-regex|strip-ansi|is-fullwidth-code-point)\// },
          { name: 'wide', test: /listr\/full-width\.ts|\/(?:string-width|get-east-asian-width)\// },
          { name: 'slice', test: /\/slice-ansi\// },
          {
            name: 'listr',
            test: /\/render\/listr(?:\/(?:cut-start|list|row))?\.ts|\/(?:listr2|log-update|cli-truncate|wrap-ansi)\//,
          },
        ],
      },
      dynamicImportInCjs: false,
      minify: 'dce-only',
    },
  },
  { ...common, input: 'script.ts', output: { file: 'dist/script.mjs', format: 'esm' } },
  { ...common, input: 'script.ts', output: { file: 'dist/script.cjs', format: 'cjs' } },
]);

/** What is imported, and yet not used by a start that lists tasks, runs one that succeeds, or finds nothing to do. */
const rare = new Set(
  [
    ...[
      'config/dotenv-lines',
      'config/finding',
      'config/read-file',
      'config/rules/services',
      'config/units',
      'diagnostic',
      'other-flags',
    ],
    ...['execute/outcome', 'execute/undo', 'host/last-writes', 'host/package-version', 'locks/lent'],
    ...['machine-problem', 'plan/doctor', 'plan/unknown-flag'],
    ...[
      'process/pause',
      'process/tree',
      'service/borrowed',
      'text/shell/compound',
      'text/shell/frames',
      'text/shell/reader',
      'text/shell/spots',
      'text/shell/words',
      'usage',
    ],
  ].map((name) => resolve(import.meta.dirname, `${name}.ts`)),
);

/** What is imported without `import()`, so that it comes in one file. */
const eager = new Set();

function quickStart() {
  return {
    name: 'quick-start',
    buildEnd() {
      const add = (id) => {
        if (eager.has(id)) return;
        eager.add(id);
        for (const next of this.getModuleInfo(id)?.importedIds ?? []) add(next);
      };
      for (const id of this.getModuleIds()) if (this.getModuleInfo(id)?.isEntry) add(id);
      const gone = [...rare].filter((id) => !eager.has(id));
      if (gone.length > 0)
        this.error(`no start imports ${gone.join(', ')}: say in \`rare\` where that is now, or leave it out`);
    },
    generateBundle(_, files) {
      for (const file of Object.values(files)) {
        const code = file.isEntry ? inOneObject(file.code) : file.code;
        file.code = asFunction(inAscii(dense(file.fileName, loadedLate(code))));
      }
    },
  };
}

/** For the live list, in place of what takes long to load and serves it little, or serves it wrongly. */
function quickList() {
  // listr2 numbers its rows with all of Node's cryptography; any number does.
  const rowIds = '\0row-ids';
  const cutStart = resolve(import.meta.dirname, 'render/listr/cut-start.ts');
  const instead = { crypto: rowIds, 'string-width': resolve(import.meta.dirname, 'render/listr/width.ts') };
  return {
    name: 'quick-list',
    resolveId: (id, importer) => {
      if (id === 'slice-ansi' && /\/node_modules\/log-update\//.test(importer ?? '')) return cutStart;
      return /\/node_modules\/(listr2|cli-truncate|wrap-ansi)\//.test(importer ?? '') ? instead[id] : undefined;
    },
    load: (id) => (id === rowIds ? 'let last = 0;\nexport const randomUUID = () => String(++last);\n' : undefined),
  };
}

/** Node's own modules, and the other parts, are loaded at their first use: most starts use few of them. */
function loadedLate(code) {
  const names = [];
  const pattern = /^(?:let|const) (\w+) = require\("(node:[\w/]+|\.\/(?:cli|part-[\w-]+)\.cjs)"\);$/gm;
  const declared = code.replace(pattern, (whole, name, module) => {
    const isUsedAsWhole = (code.match(new RegExp(`\\b${name}\\b(?!\\.)`, 'g')) ?? []).length > 1;
    if (isUsedAsWhole) return whole;
    names.push(name);
    return `let ${name}$; const ${name} = () => (${name}$ ??= require("${module}"));`;
  });
  return names.reduce((text, name) => text.replace(new RegExp(`\\b${name}(?=\\.)`, 'g'), `(${name}())`), declared);
}

/** What the entry gives to the other parts, as one object: to add them one by one takes as long as some of its functions. */
function inOneObject(code) {
  const pairs = [];
  const rest = code.replace(/^exports\.(\w+) = ([\w$]+);\n/gm, (_, name, local) => {
    pairs.push(`${name}: ${local}`);
    return '';
  });
  return `${rest}module.exports = { ${pairs.join(', ')} };\n`;
}

/** As `bin.cjs` runs it: to put it around each time takes as much memory as the code. */
function asFunction(code) {
  return `(function(exports,require,module,__filename,__dirname){${code}\n})`;
}

/** Without what only people need; with the names of functions, by which a reported stack is understood. */
function dense(name, code) {
  const mangle = { toplevel: false, keepNames: true };
  return minifySync(name, code, { compress: false, mangle, codegen: { removeWhitespace: true } }).code;
}

/** A file of one byte per character is read and held at half the cost. */
function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
