/** Programs that make names without a Makefile; the caller's environment comes first. */
export const programs: Readonly<Record<string, string>> = { CC: 'cc', CXX: 'g++', AR: 'ar', LD: 'ld', RM: 'rm -f' };

/** Other variables that make sets itself. */
export function isOfMake(name: string): boolean {
  return (
    /^(\.|MAKE|-\*-)|^(CURDIR|MFLAGS|GNUMAKEFLAGS|SUFFIXES|VPATH|GPATH)$/.test(name) ||
    /^(ARFLAGS|AS|CO|COFLAGS|CPP|FC|F77|F77FLAGS|GET|LEX|LINT|M2C|OBJC|PC|TANGLE|CTANGLE|WEAVE|CWEAVE)$/.test(name) ||
    /^(TEX|TEXI2DVI|YACC|CHECKOUT,v|OUTPUT_OPTION|(COMPILE|LINK|LEX|YACC|LINT|PREPROCESS)\..*)$/.test(name)
  );
}

/** What nobody sets who asks for a target: the kernel's build does when it reads a module's Makefile, for its own variables. */
export const ofKernelBuild: readonly string[] = ['KERNELRELEASE'];

/** What does here what such a variable of make is used for. */
export const insteadOf: Readonly<Record<string, string>> = {
  MAKEFILE_LIST: ' (`npx tasks --list` shows what a `help` target shows)',
};

/** Variables of the environment that everybody has: to set one in a Makefile is to export it. */
export const everybodys: readonly string[] = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'PWD', 'OLDPWD', 'LANG', 'LC_ALL', 'TERM', 'TMPDIR', 'SHLVL'],
  ...['EDITOR', 'VISUAL', 'PAGER', 'MAIL', 'HOSTNAME', 'DISPLAY'],
];

/** Special targets, and whether what they say has a counterpart: `handled` by the conversion, or of no consequence. */
export const specialTargets: Readonly<Record<string, 'handled' | 'harmless' | 'boundless'>> = {
  '.PHONY': 'handled',
  '.ONESHELL': 'handled',
  '.NOTPARALLEL': 'handled',
  '.DELETE_ON_ERROR': 'handled',
  '.SUFFIXES': 'handled',
  '.IGNORE': 'handled',
  '.SILENT': 'harmless',
  '.PRECIOUS': 'harmless',
  '.LOW_RESOLUTION_TIME': 'harmless',
  '.DEFAULT': 'boundless',
  '.INTERMEDIATE': 'boundless',
  '.NOTINTERMEDIATE': 'boundless',
  '.SECONDARY': 'boundless',
  '.SECONDEXPANSION': 'boundless',
  '.EXPORT_ALL_VARIABLES': 'boundless',
  '.POSIX': 'boundless',
};

/** Endings between which make has rules of its own. */
export const knownSuffixes: readonly string[] = [
  ...['.out', '.a', '.ln', '.o', '.c', '.cc', '.C', '.cpp', '.p', '.f', '.F', '.m', '.r', '.y', '.l', '.ym', '.yl'],
  ...['.s', '.S', '.mod', '.sym', '.def', '.h', '.info', '.dvi', '.tex', '.texinfo', '.texi', '.txinfo', '.w'],
  ...['.ch', '.web', '.sh', '.elc', '.el'],
];

/** Whether an assignment to a variable of make changes how all of the Makefile is read or run. */
export function changesMake(name: string, value: string): boolean {
  if (name === 'MAKEFLAGS')
    return !/^(\s*(-[rs]+|--no-builtin-rules|--warn-undefined-variables|--no-print-directory|--silent))*\s*$/.test(
      value,
    );
  if (name === '.SHELLFLAGS') return !/^(-\w+\s+)*(-o \w+\s+)*-\w*c\s*$/.test(value);
  return /^(MAKE(FILES|LEVEL|OVERRIDES|_COMMAND)?|MFLAGS|GNUMAKEFLAGS|[VG]PATH|\.(RECIPEPREFIX|SHELLFLAGS|EXTRA_PREREQS|LIBPATTERNS))$/.test(
    name,
  );
}
