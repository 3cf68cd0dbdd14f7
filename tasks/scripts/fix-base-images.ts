/**
 * Makes the base images from packages, where no container registry answers: Debian by mmdebstrap from the distribution's
 * mirror, Node from the npm package that carries its binary. Their names are ours, never the official ones.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, TaskFailure } from 'zx-tasks';
import { baseImages, debianSuite, nodePackage, npmVersion } from '../lib/base-images.ts';
import { buildCommand } from '../lib/build-command.ts';

const containerfile = `ARG DEBIAN_IMAGE
FROM \${DEBIAN_IMAGE}
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node \\
 && apt-get update -qq && apt-get install -y -qq --no-install-recommends libstdc++6 >/dev/null && rm -rf /var/lib/apt/lists/*
COPY node/package/bin/node /usr/local/bin/node
COPY npm/package /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
CMD ["node"]
`;

export async function run(context: Context): Promise<void> {
  const [debian, node] = baseImages;
  if (debian === undefined || node === undefined) throw new Error('the table of base images has lost its rows');
  await requireMmdebstrap(context);
  const folder = await mkdtemp(join(tmpdir(), 'tasks-base-'));
  try {
    await makeDebian(context, { tar: join(folder, 'debian.tar'), image: debian.bootstrapped });
    await makeNode(context, { folder, from: debian.bootstrapped, image: node.bootstrapped });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function requireMmdebstrap(context: Context): Promise<void> {
  if ((await context.run(['mmdebstrap', '--version'])).code === 0) return;
  const engine = await context.engine();
  const { $ } = context;
  context.log('installing mmdebstrap, which makes a Debian system from its packages');
  await $`${engine.elevate(['apt-get', 'update', '-qq'])}`;
  await $`${engine.elevate(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'mmdebstrap', 'debian-archive-keyring'])}`;
  if ((await context.run(['mmdebstrap', '--version'])).code !== 0) {
    throw new TaskFailure('mmdebstrap was installed but does not run', { remedy: 'mmdebstrap --version' });
  }
}

/** By way of a file: of a mirror that fails, a pipe would give the engine nothing, and that makes an empty image. */
async function makeDebian(
  context: Context,
  { tar, image }: { readonly tar: string; readonly image: string },
): Promise<void> {
  const engine = await context.engine();
  const { $ } = context;
  context.log(`making ${image} from the packages of Debian ${debianSuite}`);
  const make = engine.elevate([
    'mmdebstrap',
    '--quiet',
    '--variant=minbase',
    '--include=ca-certificates',
    debianSuite,
    tar,
  ]);
  await $`${make}`;
  await $`${engine.command} import ${tar} ${image}`;
}

type NodeImage = { readonly folder: string; readonly from: string; readonly image: string };

async function makeNode(context: Context, { folder, from, image }: NodeImage): Promise<void> {
  const engine = await context.engine();
  const { $ } = context;
  context.log(`making ${image} from the npm packages ${nodePackage(context.platform)} and npm@${npmVersion}`);
  await unpack(context, { spec: nodePackage(context.platform), into: join(folder, 'node'), only: 'package/bin/node' });
  await unpack(context, { spec: `npm@${npmVersion}`, into: join(folder, 'npm'), only: 'package' });
  await writeFile(join(folder, 'Containerfile'), containerfile);
  await $`${buildCommand(engine)} -t ${image} --build-arg ${`DEBIAN_IMAGE=${from}`} -f ${join(folder, 'Containerfile')} ${folder}`;
}

type Package = { readonly spec: string; readonly into: string; readonly only: string };

/** npm verifies the tarball against the registry's digest. */
async function unpack(context: Context, { spec, into, only }: Package): Promise<void> {
  const { $ } = context;
  await $`mkdir -p ${into}`;
  const packed = await $`npm pack --silent --pack-destination ${into} ${spec}`;
  const file = packed.stdout.trim().split('\n').at(-1);
  if (file === undefined || file === '')
    throw new TaskFailure(`npm packed nothing for ${spec}`, { remedy: `npm pack ${spec}` });
  await $`tar -xzf ${join(into, file)} -C ${into} ${only}`;
  await rm(join(into, file));
}
