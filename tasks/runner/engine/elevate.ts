/** How a program is called with the rights and settings that the engine needs. */
export type Privilege = {
  /** Whether root is taken through `sudo`: for an ordinary user on Linux. */
  readonly needsRoot: boolean;
  /** As the caller, with the project's containers.conf. */
  readonly plain: (command: readonly string[]) => readonly string[];
  /** As root. `sudo` drops the environment, so what matters stands behind it, or is named to be kept: a proxy's address may hold a password. */
  readonly asRoot: (command: readonly string[]) => readonly string[];
};

type Options = {
  readonly needsRoot: boolean;
  /** Without a terminal `sudo` must not ask for a password. */
  readonly mayAsk: boolean;
  readonly containersConf: string | undefined;
  /** The caller has set `CONTAINERS_CONF`: a child has it already. */
  readonly isCallers: boolean;
  /** What the caller has set for programs that reach the network. */
  readonly proxyVariables: readonly string[];
};

/** Decides once how commands are prefixed. */
export function makeElevate(options: Options): Privilege {
  const { needsRoot, mayAsk, containersConf, isCallers, proxyVariables } = options;
  const env = containersConf === undefined ? [] : ['env', `CONTAINERS_CONF=${containersConf}`];
  const keeping = proxyVariables.length === 0 ? [] : [`--preserve-env=${proxyVariables.join(',')}`];
  const sudo = ['sudo', ...(mayAsk ? [] : ['-n']), ...keeping];
  const plain: Privilege['plain'] = (command) => [...(isCallers ? [] : env), ...command];
  return { needsRoot, plain, asRoot: needsRoot ? (command) => [...sudo, ...env, ...command] : plain };
}
