/** Building the images: always by the engine, never by the compose provider, so that secrets and base images are ours to choose. */
import { existsSync } from 'node:fs';
import { type Context, type Engine, TaskFailure } from 'zx-tasks';
import { type BaseImage, baseImages, chosenImage } from './base-images.ts';
import { buildCommand } from './build-command.ts';
import { findCa } from './corporate-ca.ts';
import { imageId } from './images.ts';
import { variablesForBuilds } from './proxy.ts';
import { images } from './stack.ts';
import { forgetBuild, noteBuild, removeUnfinishedBuilds } from './unfinished-builds.ts';

export type Target = keyof typeof images;

const nodeOnly = baseImages.filter((image) => image.buildArg === 'NODE_IMAGE');

type Recipe = {
  readonly file: string;
  readonly folder: string;
  readonly stage: string;
  readonly bases: readonly BaseImage[];
  readonly installsFromNpm: boolean;
};

const recipes: Readonly<Record<Target, Recipe>> = {
  app: {
    file: 'container/app/Containerfile',
    folder: 'container/app',
    stage: 'app',
    bases: nodeOnly,
    installsFromNpm: false,
  },
  profiler: {
    file: 'container/profiler/Containerfile',
    folder: '.',
    stage: 'profiler',
    bases: baseImages,
    installsFromNpm: true,
  },
  toolchain: {
    file: 'container/profiler/Containerfile',
    folder: '.',
    stage: 'toolchain',
    bases: baseImages,
    installsFromNpm: false,
  },
};

/** Builds one image; layers that nothing changed come from the engine's cache. */
export async function buildImage(context: Context, target: Target): Promise<void> {
  const engine = await context.engine();
  const recipe = recipes[target];
  const bases = await Promise.all(recipe.bases.map((image) => chooseBase(context, engine, image)));
  const buildArgs = [...bases.flat(), ...proxyArgs(context, engine)];
  const secrets = recipe.installsFromNpm ? await corporateCa(context) : [];
  context.log(`building ${images[target]} from ${recipe.file}`);
  const { $ } = context;
  await noteBuild(context, engine, target);
  const startedMs = context.now();
  let isBuilt = false;
  context.undoOnFailure(async () => {
    if (isBuilt) return;
    await removeUnfinishedBuilds(context, engine, startedMs);
    await forgetBuild(context, target);
  });
  await $`${buildCommand(engine)} -t ${images[target]} --target ${recipe.stage} ${buildArgs} ${secrets} -f ${recipe.file} ${recipe.folder}`;
  isBuilt = true;
  await forgetBuild(context, target);
}

/** What a build reaches the network by: Podman hands it on by itself, Docker only what it is told; the values stay in the environment. */
function proxyArgs({ env }: Context, { name, disguised }: Engine): readonly string[] {
  if (name !== 'docker' || disguised) return [];
  return variablesForBuilds(env).flatMap((variable) => ['--build-arg', variable]);
}

async function chooseBase(context: Context, engine: Engine, image: BaseImage): Promise<readonly string[]> {
  const name = chosenImage(context.env, image) ?? (await firstHere(context, engine, image)) ?? image.official;
  return ['--build-arg', `${image.buildArg}=${name}`];
}

async function firstHere(context: Context, engine: Engine, image: BaseImage): Promise<string | undefined> {
  for (const name of [image.official, image.bootstrapped]) {
    if ((await imageId(context.run, engine, name)) !== undefined) return name;
  }
  return undefined;
}

/** The certificate authority of a corporate proxy: a secret of the build, so that no image keeps it. */
async function corporateCa(context: Context): Promise<readonly string[]> {
  const file = (await findCa(context))?.path;
  if (file === undefined) return [];
  if (!existsSync(file)) {
    throw new TaskFailure(`the certificate authority \`${file}\` does not exist`, {
      remedy: 'correct NODE_EXTRA_CA_CERTS, SSL_CERT_FILE or `npm config set cafile`',
    });
  }
  return ['--secret', `id=ca,src=${file}`];
}
