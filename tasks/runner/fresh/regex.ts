import picomatch from 'picomatch';

/** A glob as a regular expression over whole paths, dotfiles included. In a file of its own, since many runs need none. */
export function regexOf(glob: string): RegExp {
  return picomatch.makeRe(glob.replaceAll(/(?<!\\)\[!(?=[^\]])/g, '[^'), { dot: true, flags: 's', nonegate: true });
}
